const words = JSON.parse(document.getElementById("words").textContent);

/** The sentence of that name; `{braces}` are filled from `values`. */
export function say(name, values = {}) {
  return words[name].replace(/\{(\w+)\}/g, (_, key) => values[key]);
}
