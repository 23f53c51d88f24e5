const WIDTH = 32;
const HEIGHT = 24;
const CELL_CHANGE = 14; // grey levels; sensor noise averages out within a cell
const CELLS = 6;
const AFTERGLOW_MS = 1500;

/** Does anything move? Compared with the last picture that was sent, so that slow changes count. */
export class Motion {
  constructor(video) {
    this.video = video;
    this.canvas = new OffscreenCanvas(WIDTH, HEIGHT);
    this.context = this.canvas.getContext("2d", { alpha: false, willReadFrequently: true });
    this.before = null;
    this.wakeUntil = 0;
  }

  wake(ms = AFTERGLOW_MS) {
    this.wakeUntil = Math.max(this.wakeUntil, performance.now() + ms);
  }

  get awake() {
    return performance.now() < this.wakeUntil;
  }

  look() {
    this.context.drawImage(this.video, 0, 0, WIDTH, HEIGHT);
    const { data } = this.context.getImageData(0, 0, WIDTH, HEIGHT);
    const grey = new Float32Array(WIDTH * HEIGHT);
    for (let i = 0; i < grey.length; i++) {
      grey[i] = 0.3 * data[4 * i] + 0.59 * data[4 * i + 1] + 0.11 * data[4 * i + 2];
    }
    let changed = 0;
    if (this.before) {
      for (let i = 0; i < grey.length; i++) changed += Math.abs(grey[i] - this.before[i]) > CELL_CHANGE;
    }
    if (!this.before || changed >= CELLS) {
      this.before = grey;
      this.wake();
    }
  }
}
