import { drawCard } from "./cards.js";

const WELCOME_MS = 2600;
const STALE_MS = 1300; // boxes of an older answer say nothing about where people are now
const MARGIN = 12;

/** A frame and a card for each face in view, over the mirrored, cropped picture. */
export class Faces {
  constructor(root, video) {
    this.root = root;
    this.video = video;
    this.shown = new Map();
    this.seenAt = 0;
    setInterval(() => this.sweep(), 200);
  }

  get size() {
    return this.shown.size;
  }

  /** Returns the faces whose card is new. */
  update(faces) {
    this.seenAt = performance.now();
    const fresh = faces.filter((face) => this.place(face));
    const inView = new Set(faces.map((face) => face.track));
    for (const [track, shown] of this.shown) shown.inView = inView.has(track);
    this.sweep();
    this.spread();
    return fresh;
  }

  place(face) {
    let shown = this.shown.get(face.track);
    if (!shown) {
      const ring = document.createElement("div");
      ring.className = "ring";
      shown = { ring, card: null, said: "", since: 0 };
      this.shown.set(face.track, shown);
    }
    const said = [face.look, face.title, face.line].join("|");
    const isNew = said !== shown.said;
    if (isNew) this.describe(shown, face, said);
    shown.box = this.map(face.box);
    const { x, y, width, height } = shown.box;
    Object.assign(shown.ring.style, { width: `${width}px`, height: `${height}px`, transform: `translate(${x}px, ${y}px)` });
    if (!shown.ring.parentNode) this.root.append(shown.ring); // placed first, so that it does not fly in
    return isNew && Boolean(face.title);
  }

  describe(shown, face, said) {
    shown.said = said;
    shown.since = performance.now();
    shown.ring.dataset.look = face.look;
    const place = shown.card?.style.transform ?? "";
    shown.card?.remove();
    shown.card = face.title ? drawCard(face) : null;
    if (shown.card) shown.card.style.transform = place;
    shown.welcome = ["present", "late", "already", "noted"].includes(face.look);
    if (shown.card) this.root.append(shown.card);
  }

  /** From shares of the picture to pixels of the page: mirrored, and cropped as `cover` crops. */
  map([x, y, width, height]) {
    const { clientWidth: across, clientHeight: down } = this.root;
    const { videoWidth = 1, videoHeight = 1 } = this.video;
    const scale = Math.max(across / (videoWidth || across), down / (videoHeight || down));
    const [w, h] = [(videoWidth || across) * scale, (videoHeight || down) * scale];
    const pad = 0.2; // a frame around the head, not across it
    return {
      x: (across - w) / 2 + w * (1 - x - width * (1 + pad)),
      y: (down - h) / 2 + h * (y - height * pad),
      width: w * width * (1 + 2 * pad),
      height: h * height * (1 + 2 * pad),
    };
  }

  /** Cards stand below their face, inside the page and not on top of each other. */
  spread() {
    const taken = [];
    const shown = [...this.shown.values()].filter((face) => face.card);
    for (const face of shown.sort((a, b) => a.box.x - b.box.x)) {
      face.card.style.maxWidth = shown.length > 1 ? `max(${face.box.width * 1.4}px, 17em)` : "";
      const { offsetWidth: width, offsetHeight: height } = face.card;
      const lowest = this.root.clientHeight - height - MARGIN;
      const x = clamp(face.box.x + (face.box.width - width) / 2, MARGIN, this.root.clientWidth - width - MARGIN);
      const below = clamp(face.box.y + face.box.height + MARGIN, MARGIN, lowest);
      const free = (y) => taken.every((t) => x >= t.x + t.width || t.x >= x + width || y >= t.y + t.height || t.y >= y + height);
      const places = [below];
      for (const t of taken) places.push(t.y + t.height + MARGIN, t.y - height - MARGIN);
      const y = places.find((at) => at >= MARGIN && at <= lowest && free(at)) ?? below;
      taken.push({ x, y, width, height });
      this.move(face.card, `translate(${x}px, ${y}px)`);
    }
  }

  /** A new card appears where it belongs; later it glides. */
  move(card, place) {
    const isNew = !card.style.transform;
    card.style.transition = isNew ? "none" : "";
    card.style.transform = place;
    if (isNew) requestAnimationFrame(() => requestAnimationFrame(() => (card.style.transition = "")));
  }

  sweep() {
    const now = performance.now();
    const stale = now - this.seenAt > STALE_MS;
    for (const [track, face] of this.shown) {
      const greeting = face.welcome && now - face.since < WELCOME_MS;
      if (face.welcome && !greeting && !face.card.classList.contains("small")) {
        face.card.classList.add("small");
        face.card.querySelector("p")?.remove();
        this.spread();
      }
      face.ring.classList.toggle("leaving", stale || !face.inView);
      if (!greeting && (stale || !face.inView)) {
        face.ring.remove();
        face.card?.remove();
        this.shown.delete(track);
      }
    }
  }
}

function clamp(value, least, most) {
  return Math.max(least, Math.min(value, most));
}
