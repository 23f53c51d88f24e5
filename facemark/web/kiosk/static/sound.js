const TUNES = {
  welcome: [[660, 0], [880, 0.11]],
  late: [[660, 0], [587, 0.13]],
  again: [[740, 0]],
  ask: [[440, 0], [440, 0.16]],
  refused: [[311, 0], [247, 0.17]],
};

/** Short tones. Browsers allow them only after one tap on the page. */
export class Sound {
  constructor(onChange) {
    this.onChange = onChange;
    this.muted = false;
    addEventListener("pointerdown", (event) => !event.target.closest("#sound") && this.unlock());
  }

  get on() {
    return this.context?.state === "running" && !this.muted;
  }

  async unlock() {
    this.context ??= new AudioContext();
    await this.context.resume();
    this.onChange();
  }

  async toggle() {
    if (this.context?.state === "running") this.muted = !this.muted;
    else this.muted = false;
    await this.unlock();
    if (this.on) this.play("again");
  }

  play(name) {
    if (!this.on) return;
    for (const [pitch, delay] of TUNES[name]) this.tone(pitch, this.context.currentTime + delay);
  }

  tone(pitch, at) {
    const tone = new OscillatorNode(this.context, { type: "sine", frequency: pitch });
    const volume = new GainNode(this.context, { gain: 0 });
    volume.gain.setValueAtTime(0, at);
    volume.gain.linearRampToValueAtTime(0.25, at + 0.015);
    volume.gain.exponentialRampToValueAtTime(0.001, at + 0.28);
    tone.connect(volume).connect(this.context.destination);
    tone.start(at);
    tone.stop(at + 0.3);
  }
}
