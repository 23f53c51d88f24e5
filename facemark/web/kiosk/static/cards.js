/** A card as the gate describes it: {look, title, line, time}. */
export function drawCard(card, { big = false } = {}) {
  const element = document.createElement("div");
  element.className = "card";
  element.dataset.look = card.look;
  if (big) element.append(icon());
  element.append(text("b", card.title));
  const line = document.createElement("p");
  if (card.line) {
    if (!big) line.append(icon());
    if (card.time && !card.line.includes(card.time)) line.append(text("time", card.time));
    line.append(text("span", card.line));
    element.append(line);
  }
  return element;
}

export function spoken(card) {
  return [card.title, card.time && !card.line.includes(card.time) ? card.time : "", card.line].filter(Boolean).join(", ");
}

function icon() {
  const element = document.createElement("i");
  element.className = "icon";
  return element;
}

function text(name, content) {
  const element = document.createElement(name);
  element.textContent = content;
  return element;
}
