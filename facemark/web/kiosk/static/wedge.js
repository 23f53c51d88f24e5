const LONGEST_GAP_MS = 90; // slower than any scanner, faster than any hand over this many keys
const FEWEST_KEYS = 8;

/** A scanner that types like a keyboard, wherever the focus is: a burst of keys, then Enter. */
export function listenToScanner(onText) {
  let text = "";
  let lastAt = 0;
  addEventListener(
    "keydown",
    (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      if (event.timeStamp - lastAt > LONGEST_GAP_MS) text = "";
      if (event.key === "Enter" || event.key === "Tab") {
        if (text.length >= FEWEST_KEYS) {
          event.preventDefault();
          event.stopPropagation();
          onText(text);
        }
        text = "";
      } else if (event.key.length === 1) {
        text += event.key;
        if (text.length > 1) event.preventDefault(); // a blank in a burst presses no button
        lastAt = event.timeStamp;
      }
    },
    true,
  );
}
