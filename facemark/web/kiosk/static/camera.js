import { say } from "./words.js";

const LONGEST_SIDE = 640;
const QUALITY = 0.8;
const SILENT_MS = 2000; // no picture for so long: the camera is gone
const RETRY_MS = 3000;

const REASONS = {
  NotAllowedError: "camera_denied",
  SecurityError: "camera_denied",
};

/** Keeps one camera open, says so when it is gone, and takes it back when it returns. */
export class Camera {
  constructor(video, onChange) {
    this.video = video;
    this.onChange = onChange;
    this.trouble = "starting"; // "" while pictures come
    this.canvas = document.createElement("canvas");
    this.lastPictureAt = 0;
    navigator.mediaDevices?.addEventListener("devicechange", () => this.trouble && this.open());
    document.addEventListener("visibilitychange", () => (this.lastPictureAt = performance.now()));
    setInterval(() => this.check(), 500);
  }

  get on() {
    return !this.trouble;
  }

  async open() {
    if (this.opening) return;
    this.opening = true;
    clearTimeout(this.retry);
    try {
      if (!navigator.mediaDevices) throw new DOMException("", "Insecure");
      const stream = await navigator.mediaDevices.getUserMedia({
        audio: false,
        video: { facingMode: "user", width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 15 } },
      });
      this.take(stream);
    } catch (error) {
      const insecure = error.name === "Insecure";
      this.lose(insecure ? "camera_insecure" : (REASONS[error.name] ?? "camera_lost"));
    } finally {
      this.opening = false;
    }
  }

  take(stream) {
    this.video.srcObject = stream;
    const [track] = stream.getVideoTracks();
    for (const name of ["ended", "mute"]) {
      track.addEventListener(name, () => this.stream === stream && this.lose("camera_lost"));
    }
    this.stream = stream;
    this.lastPictureAt = performance.now();
    this.video.play().catch(() => {});
    this.watch();
  }

  watch() {
    const stream = this.stream;
    this.video.requestVideoFrameCallback(() => {
      if (this.stream !== stream) return;
      this.lastPictureAt = performance.now();
      if (this.trouble) this.change("");
      this.watch();
    });
  }

  check() {
    if (!this.stream || document.hidden) return;
    if (performance.now() - this.lastPictureAt > SILENT_MS) this.lose("camera_lost");
  }

  lose(reason) {
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = null;
    this.change(reason);
    this.retry = setTimeout(() => this.open(), RETRY_MS);
  }

  change(trouble) {
    if (trouble === this.trouble) return;
    this.trouble = trouble;
    this.video.classList.toggle("on", !trouble);
    this.onChange();
  }

  get notice() {
    if (!this.trouble || this.trouble === "starting") return null;
    return { look: "camera", title: say(this.trouble), line: say(`${this.trouble}_line`) };
  }

  /** The present picture as JPEG, not mirrored: codes must stay readable. */
  async grab() {
    const { videoWidth: width, videoHeight: height } = this.video;
    const scale = Math.min(1, LONGEST_SIDE / Math.max(width, height));
    this.canvas.width = Math.round(width * scale);
    this.canvas.height = Math.round(height * scale);
    this.canvas.getContext("2d", { alpha: false }).drawImage(this.video, 0, 0, this.canvas.width, this.canvas.height);
    const blob = await new Promise((done) => this.canvas.toBlob(done, "image/jpeg", QUALITY));
    return blob.arrayBuffer();
  }
}
