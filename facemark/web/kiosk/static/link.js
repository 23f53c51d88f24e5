const FIRST_WAIT_S = 1;
const LONGEST_WAIT_S = 15;
const REFUSED_WAIT_S = 20;
const ALIVE_MS = 5000;
const SILENT_MS = 12000;

/** The connection to the gate: pairs once, connects, and connects again with growing pauses. */
export class Link {
  constructor({ onMessage, onChange, cameraOn }) {
    this.onMessage = onMessage;
    this.onChange = onChange;
    this.cameraOn = cameraOn;
    this.state = "connecting"; // connecting, open, offline, refused
    this.reason = "";
    this.waits = 0;
    this.retryAt = 0;
    setInterval(() => this.keepAlive(), ALIVE_MS);
    addEventListener("online", () => this.state === "offline" && this.connect());
  }

  async start() {
    const secret = location.hash.slice(1);
    if (secret) {
      history.replaceState(null, "", location.pathname);
      this.spent = !(await this.pair(secret));
    }
    this.connect();
  }

  async pair(secret) {
    try {
      const answer = await fetch("/kiosk/pair", { method: "POST", body: JSON.stringify({ secret }) });
      return answer.ok;
    } catch {
      // The link was not spent: keep it for the next load.
      history.replaceState(null, "", `${location.pathname}#${secret}`);
      return false;
    }
  }

  async connect() {
    clearTimeout(this.timer);
    try {
      const answer = await fetch("/kiosk/device", { cache: "no-store" });
      if (answer.status === 403) return this.refuse((await answer.json()).code);
      if (!answer.ok) return this.drop();
    } catch {
      return this.drop();
    }
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/kiosk/socket`);
    this.socket = socket;
    socket.onopen = () => this.heardFrom(socket);
    socket.onmessage = (event) => {
      if (this.socket !== socket) return;
      this.heardFrom(socket);
      const message = JSON.parse(event.data);
      if (message.type === "refused") this.refuse(message.code);
      else this.onMessage(message);
    };
    socket.onclose = () => this.socket === socket && this.state !== "refused" && this.drop();
  }

  heardFrom(socket) {
    this.heardAt = performance.now();
    if (this.state === "open") return;
    this.waits = 0;
    this.change("open");
    socket.send(this.sayAlive());
  }

  sayAlive() {
    return JSON.stringify({ type: "alive", camera: this.cameraOn() });
  }

  keepAlive() {
    if (this.state !== "open") return;
    if (performance.now() - this.heardAt > SILENT_MS) return this.drop();
    this.send(this.sayAlive());
  }

  send(data) {
    if (this.state !== "open" || this.socket.readyState !== WebSocket.OPEN) return false;
    this.socket.send(data);
    return true;
  }

  drop() {
    const socket = this.socket;
    this.socket = null;
    socket?.close();
    const longest = Math.min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** this.waits++);
    this.again(longest * (0.75 + Math.random() / 4));
    this.change("offline");
  }

  refuse(code) {
    const revoked = code === "device_revoked";
    this.reason = revoked ? "revoked" : this.spent ? "link_spent" : "not_paired";
    this.again(REFUSED_WAIT_S);
    this.change("refused");
  }

  again(seconds) {
    this.retryAt = performance.now() + seconds * 1000;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.connect(), seconds * 1000);
  }

  change(state) {
    this.state = state;
    this.onChange();
  }

  get secondsLeft() {
    return Math.max(0, Math.ceil((this.retryAt - performance.now()) / 1000));
  }
}
