import { Camera } from "./camera.js";
import { drawCard, spoken } from "./cards.js";
import { Faces } from "./faces.js";
import { Link } from "./link.js";
import { Motion } from "./motion.js";
import { Sound } from "./sound.js";
import { listenToScanner } from "./wedge.js";
import { say } from "./words.js";

const TICK_MS = 60;
const FASTEST_MS = 120;
const ANSWER_MS = 8000; // an answer that takes longer was lost
const IDLE_MS = 5000;
const OFFLINE_MS = 1500; // shorter interruptions are not worth a sentence
const PASS_MS = { welcome: 3200, refused: 4500 };
const MOST_PASSES = 3;
const SOUNDS = { present: "welcome", late: "late", already: "again", noted: "again", ask: "ask", refused: "refused" };

const find = (selector) => document.querySelector(selector);
const put = (selector, text) => document.querySelectorAll(selector).forEach((e) => (e.textContent = text));

const video = find("#camera");
const faces = new Faces(find("#faces"), video);
const motion = new Motion(video);
const sound = new Sound(drawSound);
const camera = new Camera(video, () => {
  motion.wake();
  drawScene();
});
const link = new Link({ onMessage: hear, onChange: changeLink, cameraOn: () => camera.on });

let day = null;
let clockAheadMs = 0;
let sentAt = 0;
let waiting = false;
let lastPersonAt = -Infinity;
let offlineSince = performance.now();

async function tick() {
  const now = performance.now();
  if (waiting && now - sentAt > ANSWER_MS) link.drop();
  if (!camera.on || !video.videoWidth || document.hidden) return;
  motion.look();
  if (waiting || link.state !== "open" || !motion.awake || now - sentAt < FASTEST_MS) return;
  waiting = true;
  sentAt = now;
  const frame = await camera.grab();
  waiting = link.send(frame);
}

function hear(message) {
  if (message.type === "day") return takeDay(message);
  if (message.type === "view") return takeView(message);
  if (message.type === "pass") return showPass(message);
  waiting = false;
  showPass({ look: "refused", title: say("busy"), line: say("busy_line"), time: "" });
}

function takeDay(message) {
  day = message;
  clockAheadMs = Date.parse(message.now) - Date.now();
  drawDay();
  drawScene();
}

function takeView(view) {
  waiting = false;
  if (view.faces.length) lastPersonAt = performance.now();
  if (view.faces.some((face) => ["searching", "hint"].includes(face.state))) motion.wake();
  for (const face of faces.update(view.faces)) {
    if (SOUNDS[face.look]) sound.play(SOUNDS[face.look]);
    if (face.look !== "hint") find("#spoken").textContent = spoken(face);
  }
  view.passes.forEach(showPass);
  drawScene();
}

function showPass(card) {
  lastPersonAt = performance.now();
  const element = drawCard(card, { big: true });
  for (const other of find("#passes").children) if (other.textContent === element.textContent) other.remove();
  find("#passes").append(element);
  while (find("#passes").children.length > MOST_PASSES) find("#passes").firstChild.remove();
  find("#spoken").textContent = spoken(card);
  sound.play(SOUNDS[card.look]);
  setTimeout(() => element.remove(), PASS_MS[card.look === "refused" ? "refused" : "welcome"]);
  drawScene();
}

function typePass(text) {
  if (!link.send(JSON.stringify({ type: "pass", text }))) {
    showPass({ look: "refused", title: say("offline"), line: say("busy_line"), time: "" });
  }
}

function changeLink() {
  waiting = false;
  if (link.state !== "offline") offlineSince = performance.now();
  motion.wake();
  drawScene();
}

function currentNotice() {
  if (link.state === "refused") {
    const look = link.reason === "revoked" ? "off" : "pair";
    return { look, title: say(link.reason), line: say(`${link.reason}_line`) };
  }
  if (link.state === "offline" && performance.now() - offlineSince > OFFLINE_MS) {
    const left = link.secondsLeft;
    const line = left ? say("offline_line", { seconds: left }) : say("offline_now");
    return { look: "wire", title: say("offline"), line };
  }
  if (!day) return { look: "pair", title: say("connecting"), line: "" };
  return camera.notice;
}

function drawScene() {
  const notice = currentNotice();
  const quiet = performance.now() - lastPersonAt > IDLE_MS && faces.size === 0;
  document.body.dataset.scene = notice ? "notice" : quiet ? "idle" : "live";
  document.body.dataset.link = link.state;
  put("#link > span", say({ open: "ready", refused: "not_ready" }[link.state] ?? link.state));
  if (!notice) return;
  find(".notice-card").dataset.look = notice.look;
  put(".notice-card h1", notice.title);
  put(".notice-card p", notice.line);
}

function drawDay() {
  if (!day) return;
  const at = new Date(Date.now() + clockAheadMs);
  const language = document.documentElement.lang;
  const clock = { timeZone: day.zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const date = { timeZone: day.zone, weekday: "long", day: "numeric", month: "long" };
  put(".clock", new Intl.DateTimeFormat("en-GB", clock).format(at));
  put("#idle .day", new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, date).format(at));
  put(".place", day.site === day.institution ? day.site : `${day.institution} · ${day.site}`);
  put(".plan", sayPlan());
  put(".invite-face", say(day.faces ? "look_here" : "show_pass_only"));
  put(".invite-other", say(day.faces ? "show_pass" : "no_faces"));
}

function sayPlan() {
  if (day.running) return say(day.running.begun ? "running" : "open", day.running);
  return day.following ? say("next", day.following) : say("nothing_planned");
}

function drawSound() {
  find("#sound").setAttribute("aria-pressed", String(sound.on));
  put("#sound span", say(sound.on ? "sound_on" : "sound_off"));
}

async function stayAwake() {
  if (document.hidden || !navigator.wakeLock) return;
  await navigator.wakeLock.request("screen").catch(() => {});
}

find("#sound").addEventListener("click", () => sound.toggle());
document.addEventListener("visibilitychange", stayAwake);
listenToScanner(typePass);
setInterval(tick, TICK_MS);
setInterval(() => {
  drawDay();
  drawScene();
}, 500);
drawSound();
stayAwake();
camera.open();
link.start();
