// Buttons beside a slider that walk through its stops: previous, play or pause, next.

import { html, show, svg } from "./dom.js";
import { plainText } from "./markup.js";

const QUICK = 125; // ms, the shortest time that a stop is shown
const SHAPES = { previous: "M10,3L5,8l5,5", play: "M4,2l9,6l-9,6z", pause: "M4,3v10M12,3v10", next: "M6,3l5,5l-5,5" };
const icon = (shape) => svg("svg", { class: `cw-icon cw-icon-${shape}`, viewBox: "0 0 16 16", "aria-hidden": "true" }, svg("path", { d: SHAPES[shape] }));
const lessMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

// `at()` is the place of the stop that is shown, `top()` that of the last one, `go(place)` shows another.
// Returns {buttons, playing, stop, arrived}; `arrived(place)` is told of every place that is shown, whoever chose it.
export function player({ label, play: seconds, values }, keys, { at, top, go }) {
  let [timer, expected] = [0, -1];
  const button = (word, shape, click) => html("button", { ...keys, type: "button", "aria-label": `${word}: ${plainText(label)}`, click }, icon(shape));
  const main = button("Play", "play", () => (timer ? stop() : start()));
  const dress = (word, shape) => {
    main.ariaLabel = `${word}: ${plainText(label)}`;
    show(main, [icon(shape)]);
  };
  function stop() {
    if (!timer) return;
    clearInterval(timer);
    timer = 0;
    document.removeEventListener("visibilitychange", stop);
    dress("Play", "play");
  }
  function move(place) {
    expected = place;
    go(place);
  }
  function start() {
    const last = top();
    const first = at() < last ? at() : 0;
    if (lessMotion()) return move(last);
    const whole = Math.max(1, values.length - 1) / (seconds * 1000); // stops in a millisecond
    const began = performance.now();
    timer = setInterval(() => {
      const place = Math.min(top(), first + Math.max(1, Math.floor((performance.now() - began) * whole + 0.5)));
      if (place >= top() || !main.isConnected) stop(); // before the last stop is shown: it is then read out
      if (main.isConnected && place !== expected) move(place);
    }, Math.max(QUICK, 1 / whole));
    document.addEventListener("visibilitychange", stop);
    dress("Pause", "pause");
    move(first);
  }
  const by = (step) => () => {
    stop();
    go(Math.max(0, Math.min(top(), at() + step)));
  };
  const buttons = [button("Previous", "previous", by(-1)), main, button("Next", "next", by(1))];
  return { buttons, playing: () => timer > 0, stop, arrived: (place) => timer && place !== expected && stop() };
}
