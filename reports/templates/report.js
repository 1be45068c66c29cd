(function () {
"use strict";
const NS = "http://www.w3.org/2000/svg";
const data = JSON.parse(document.getElementById("data").textContent);
const LEFT = 74, RIGHT = 14, TOP = 24, BOTTOM = 40, LANE = 24, POINTS = 220, FEW = 165, BARS = 150;

function make(name, attributes, parent, text) {
  const node = document.createElementNS(NS, name);
  for (const key in attributes) node.setAttribute(key, attributes[key]);
  if (text !== undefined) node.textContent = text;
  if (parent) parent.appendChild(node);
  return node;
}

function ticks(low, high, wanted, counting) {
  const span = high - low;
  if (!(span > 0)) return [low];
  const power = Math.pow(10, Math.floor(Math.log10(span / wanted)));
  let step = power, best = Infinity;
  for (const factor of counting ? [1, 2, 5, 10] : [1, 2, 2.5, 5, 10]) {
    const off = Math.abs(span / (factor * power) - wanted);
    if (off < best) { best = off; step = factor * power; }
  }
  const found = [];
  for (let k = Math.ceil(low / step - 1e-9); k <= Math.floor(high / step + 1e-9); k++) found.push(k * step);
  return found;
}

function number(value) {
  if (value === 0) return "0";
  const size = Math.abs(value);
  const text = size >= 1e7 || size < 1e-4 ? value.toExponential(3) : String(parseFloat(value.toPrecision(5)));
  return text.replace("-", "\u2212");
}

function short(text, size) { return text.length <= size ? text : text.slice(0, size - 1) + "\u2026"; }

/* One chart: the printed drawing is replaced by one that zooms and reads out its samples. */
class Plot {
  constructor(figure) {
    this.figure = figure;
    this.chart = data.charts[figure.dataset.chart];
    this.axis = data.axes[this.chart.axis];
    this.by = this.chart.by;
    this.first = this.axis.start;
    this.last = this.axis.end > this.axis.start ? this.axis.end : this.axis.start + 1;
    this.from = this.first;
    this.to = this.last;
    this.at = -1;
    const still = figure.querySelector("svg");
    this.alt = still.querySelector("title").textContent;
    this.svg = make("svg", { class: "plot", role: "img", tabindex: "0", "aria-label": this.alt + " Arrow keys read samples, plus and minus zoom, 0 resets." });
    still.replaceWith(this.svg);
    this.tip = document.createElement("div");
    this.tip.className = "tip hidden";
    this.voice = document.createElement("div");
    this.voice.className = "only-read";
    this.voice.setAttribute("aria-live", "polite");
    figure.append(this.tip, this.voice);
    this.tools();
    this.listen();
    this.draw();
  }

  tools() {
    const bar = document.createElement("span");
    bar.className = "tools";
    const button = (label, title, action) => {
      const node = document.createElement("button");
      node.type = "button"; node.textContent = label; node.title = title; node.setAttribute("aria-label", title);
      node.addEventListener("click", action);
      bar.append(node);
      return node;
    };
    if (this.axis.strides.length > 1) {
      this.axisButton = button("", "change the axis between strides and seconds", () => {
        this.by = this.by === "stride" ? "time" : "stride"; this.draw();
      });
    }
    button("\u2212", "zoom out", () => this.zoom(1.6));
    button("+", "zoom in", () => this.zoom(1 / 1.6));
    button("reset", "show the whole run", () => this.reset());
    this.figure.querySelector("figcaption").append(bar);
    this.figure.title = "";
  }

  listen() {
    const svg = this.svg;
    const spot = (event) => {
      const box = svg.getBoundingClientRect();
      return [(event.clientX - box.left) * this.width / box.width, (event.clientY - box.top) * this.height / box.height];
    };
    svg.addEventListener("wheel", (event) => {
      if (document.activeElement !== svg && !event.ctrlKey) return;
      event.preventDefault();
      this.zoom(event.deltaY > 0 ? 1.25 : 0.8, this.timeAt(spot(event)[0]));
    }, { passive: false });
    let start = null;
    svg.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      start = spot(event)[0];
      svg.setPointerCapture(event.pointerId);
    });
    svg.addEventListener("pointermove", (event) => {
      const [x, y] = spot(event);
      if (start === null) { this.hover(x, y); return; }
      const a = Math.max(LEFT, Math.min(start, x)), b = Math.min(this.width - RIGHT, Math.max(start, x));
      if (!this.dragBox) this.dragBox = make("rect", { class: "drag", y: TOP, height: this.bottom - TOP }, svg);
      this.dragBox.setAttribute("x", a);
      this.dragBox.setAttribute("width", Math.max(0, b - a));
    });
    const stop = (event) => {
      if (start === null) return;
      const x = spot(event)[0], a = this.timeAt(Math.min(start, x)), b = this.timeAt(Math.max(start, x));
      const far = Math.abs(x - start) > 6;
      start = null;
      if (this.dragBox) { this.dragBox.remove(); this.dragBox = null; }
      if (far && event.type === "pointerup") this.show(a, b);
    };
    svg.addEventListener("pointerup", stop);
    svg.addEventListener("pointercancel", stop);
    svg.addEventListener("pointerleave", () => this.mark(-1));
    svg.addEventListener("dblclick", () => this.reset());
    svg.addEventListener("blur", () => this.mark(-1));
    svg.addEventListener("keydown", (event) => this.key(event));
  }

  key(event) {
    const many = this.chart.t.length, wide = this.to - this.from;
    const actions = {
      "+": () => this.zoom(1 / 1.6), "=": () => this.zoom(1 / 1.6), "-": () => this.zoom(1.6),
      "0": () => this.reset(), Escape: () => this.reset(),
      ArrowLeft: () => many ? this.step(-1) : this.show(this.from - wide / 5, this.to - wide / 5),
      ArrowRight: () => many ? this.step(1) : this.show(this.from + wide / 5, this.to + wide / 5),
      Home: () => this.read(0), End: () => this.read(many - 1),
    };
    const action = actions[event.key];
    if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    action();
  }

  step(by) { this.read(Math.max(0, Math.min(this.chart.t.length - 1, this.at < 0 ? (by > 0 ? 0 : this.chart.t.length - 1) : this.at + by))); }

  read(index) {
    if (index < 0 || index >= this.chart.t.length) return;
    const t = this.chart.t[index], wide = this.to - this.from;
    if (t < this.from || t > this.to) this.show(t - wide / 2, t + wide / 2);
    this.mark(index);
    this.voice.textContent = this.words(index).replace(/\n/g, ", ");
  }

  reset() { this.from = this.first; this.to = this.last; this.draw(); }

  zoom(factor, around) {
    const middle = around === undefined ? (this.at >= 0 ? this.chart.t[this.at] : (this.from + this.to) / 2) : around;
    this.show(middle - (middle - this.from) * factor, middle + (this.to - middle) * factor);
  }

  show(from, to) {
    const wide = Math.min(Math.max(to - from, (this.last - this.first) / 5000), this.last - this.first);
    from = Math.min(Math.max(from, this.first), this.last - wide);
    this.from = from; this.to = from + wide;
    this.draw();
  }

  strideOf(t) {
    const starts = this.axis.strides, n = starts.length, mean = (starts[n - 1] - starts[0]) / (n - 1);
    if (t <= starts[0]) return 1 + (t - starts[0]) / mean;
    if (t >= starts[n - 1]) return n + (t - starts[n - 1]) / mean;
    let a = 0, b = n - 1;
    while (b - a > 1) { const m = (a + b) >> 1; if (starts[m] <= t) a = m; else b = m; }
    return a + 1 + (t - starts[a]) / (starts[b] - starts[a]);
  }

  timeOf(stride) {
    const starts = this.axis.strides, n = starts.length, mean = (starts[n - 1] - starts[0]) / (n - 1);
    if (stride <= 1) return starts[0] + (stride - 1) * mean;
    if (stride >= n) return starts[n - 1] + (stride - n) * mean;
    const a = Math.floor(stride) - 1;
    return starts[a] + (stride - 1 - a) * (starts[a + 1] - starts[a]);
  }

  unitOf(t) { return this.by === "stride" ? this.strideOf(t) : t; }

  timeAt(x) {
    const low = this.unitOf(this.from), high = this.unitOf(this.to);
    const value = low + (x - LEFT) / (this.width - LEFT - RIGHT) * (high - low);
    return this.by === "stride" ? this.timeOf(value) : value;
  }

  x(t) {
    const low = this.unitOf(this.from), high = this.unitOf(this.to);
    return LEFT + (this.unitOf(t) - low) / (high - low) * (this.width - LEFT - RIGHT);
  }

  y(value) {
    const [low, high] = this.chart.range;
    return this.bottom - Math.min(Math.max((value - low) / (high - low), 0), 1) * (this.bottom - TOP);
  }

  draw() {
    const chart = this.chart, lanes = chart.lanes.length, svg = this.svg;
    this.width = Math.max(300, Math.round(this.figure.clientWidth) || 720);
    this.height = lanes ? TOP + LANE * lanes + BOTTOM : chart.compact || chart.t.length < 3 ? FEW : POINTS;
    this.bottom = this.height - BOTTOM;
    svg.textContent = "";
    svg.setAttribute("viewBox", `0 0 ${this.width} ${this.height}`);
    if (this.axisButton) this.axisButton.textContent = this.by === "stride" ? "axis: stride" : "axis: time";
    const id = "clip-" + this.figure.dataset.chart;
    const clip = make("clipPath", { id }, make("defs", {}, svg));
    make("rect", { x: LEFT - 4, y: 0, width: this.width - LEFT - RIGHT + 8, height: this.height }, clip);
    const inside = () => make("g", { "clip-path": `url(#${id})` }, svg);
    const back = inside();
    if (!lanes) { this.zones(back); this.grid(svg); }
    this.marks(inside());
    this.base(svg);
    if (lanes) this.lanes(svg, inside()); else { this.points(inside()); this.lines(svg); }
    this.over = inside();
    this.mark(-1);
  }

  zones(parent) {
    const wide = this.width - LEFT - RIGHT;
    for (const [bound, edge, sign] of [[this.chart.high, TOP, -1], [this.chart.low, this.bottom, 1]]) {
      if (bound === null) continue;
      const y = this.y(bound), guard = this.y(bound + sign * this.chart.guard);
      make("rect", { class: "zone-bad", x: LEFT, y: Math.min(y, edge), width: wide, height: Math.abs(edge - y) }, parent);
      if (this.chart.guard > 0) make("rect", { class: "zone-guard", x: LEFT, y: Math.min(y, guard), width: wide, height: Math.abs(guard - y) }, parent);
    }
  }

  grid(parent) {
    for (const value of ticks(this.chart.range[0], this.chart.range[1], 5)) {
      const y = this.y(value);
      make("path", { class: "grid", d: `M${LEFT} ${y}H${this.width - RIGHT}` }, parent);
      make("text", { class: "t-tick", "text-anchor": "end", x: LEFT - 6, y: y + 4 }, parent, number(value));
    }
    const name = this.chart.unit ? `${this.chart.name} (${this.chart.unit})` : this.chart.name;
    make("text", { class: "t-axis", "text-anchor": "middle", transform: `translate(15 ${(TOP + this.bottom) / 2}) rotate(-90)` }, parent, short(name, 34));
  }

  base(parent) {
    make("path", { class: "axis", d: `M${LEFT} ${this.bottom}H${this.width - RIGHT}` }, parent);
    const low = this.unitOf(this.from), high = this.unitOf(this.to);
    for (const value of ticks(Math.max(low, this.by === "stride" ? 0 : low), high, Math.max(3, this.width / 85), this.by === "stride")) {
      const x = LEFT + (value - low) / (high - low) * (this.width - LEFT - RIGHT);
      make("path", { class: "axis", d: `M${x} ${this.bottom}v4` }, parent);
      make("text", { class: "t-tick", "text-anchor": "middle", x, y: this.bottom + 16 }, parent, number(value));
    }
    make("text", { class: "t-axis", "text-anchor": "middle", x: (LEFT + this.width - RIGHT) / 2, y: this.height - 6 }, parent, this.by === "stride" ? "stride" : "time (s)");
  }

  marks(parent) {
    let free = 0;
    for (const [name, start, end, kind] of this.axis.marks) {
      if (end < this.from || start > this.to) continue;
      const a = Math.max(this.x(start), LEFT), b = Math.min(this.x(end), this.width - RIGHT);
      const box = make("rect", { class: "mark-" + kind, x: a, y: TOP, width: Math.max(b - a, 1.2), height: this.bottom - TOP }, parent);
      make("title", {}, box, `${name}: ${start.toFixed(3)} s to ${end.toFixed(3)} s`);
      const label = short(name, 22), size = 6.2 * label.length, at = Math.min(a, this.width - RIGHT - size);
      if (at >= free) {
        make("text", { class: "t-mark", x: at, y: TOP - 8 }, parent, label);
        free = at + size + 8;
      }
    }
  }

  points(parent) {
    const chart = this.chart, paths = { i: "", x: "", u: "", m: "" };
    const bars = chart.t.filter((t) => t >= this.from && t <= this.to).length <= BARS;
    let whiskers = "", envelope = "";
    chart.t.forEach((t, k) => {
      if (t < this.from || t > this.to) return;
      const x = this.x(t).toFixed(1), state = chart.k[k];
      if (chart.y[k] === null) { paths.m += `M${x} ${TOP + 3}l5 9h-10z`; return; }
      const y = this.y(chart.y[k]);
      if (chart.thinned) envelope += `${envelope ? "L" : "M"}${x} ${y.toFixed(1)}`;
      if (bars && chart.u[k] > 0) whiskers += `M${x} ${this.y(chart.y[k] - chart.u[k]).toFixed(1)}V${this.y(chart.y[k] + chart.u[k]).toFixed(1)}`;
      if (state === "x") paths.x += `M${x - 3} ${(y - 3).toFixed(1)}l6 6m0 -6l-6 6`;
      else if (state === "u") paths.u += `M${x} ${(y - 3.5).toFixed(1)}l3.5 3.5l-3.5 3.5l-3.5 -3.5z`;
      else if (!chart.thinned) paths.i += `M${x} ${y.toFixed(1)}h0`;
    });
    if (envelope) make("path", { class: "envelope", d: envelope }, parent);
    if (whiskers) make("path", { class: "bars", d: whiskers }, parent);
    for (const state in paths) if (paths[state]) make("path", { class: "dot-" + state, d: paths[state] }, parent);
    if (paths.m) make("text", { class: "t-bad", x: LEFT + 6, y: TOP + 12 }, parent, "\u25b2 missed");
  }

  lines(parent) {
    const taken = [];
    for (const [value, label, role] of this.chart.lines) {
      const y = this.y(value);
      let at = y - 4;
      const crowded = role === "reference" && taken.some((other) => Math.abs(at - other) < 11);
      while (taken.some((other) => Math.abs(at - other) < 11)) at += 15;
      if (!crowded) taken.push(at);
      make("path", { class: "line-" + role, d: `M${LEFT} ${y}H${this.width - RIGHT}` }, parent);
      if (!crowded) make("text", { class: `t-${role} halo`, "text-anchor": "end", x: this.width - RIGHT - 4, y: at }, parent, label);
    }
  }

  lanes(parent, inside) {
    this.chart.lanes.forEach(([name, spans], row) => {
      const top = TOP + LANE * row;
      make("path", { class: "grid", d: `M${LEFT} ${top + LANE / 2}H${this.width - RIGHT}` }, inside);
      make("text", { class: "t-lane", "text-anchor": "end", x: LEFT - 6, y: top + 16 }, parent, short(name, 12));
      const paths = {};
      for (const [start, end, role] of spans) {
        if (end < this.from || start > this.to) continue;
        const x = this.x(start), wide = Math.max(this.x(end) - x, 0.8);
        paths[role] = (paths[role] || "") + `M${x.toFixed(1)} ${top + 5}h${wide.toFixed(1)}v${LANE - 10}h${(-wide).toFixed(1)}z`;
      }
      for (const role in paths) make("path", { class: "span-" + role, d: paths[role] }, inside);
    });
  }

  words(index) {
    const chart = this.chart, state = { i: "", x: "beyond the limit", u: "within U of the limit", m: "missed" }[chart.k[index]];
    const unit = chart.unit ? (chart.unit === "\u00b0" ? chart.unit : " " + chart.unit) : "";
    const value = chart.y[index] === null ? "" : number(parseFloat(chart.y[index].toPrecision(4))) + (chart.u[index] > 0 ? " \u00b1 " + number(parseFloat(chart.u[index].toPrecision(2))) : "") + unit;
    const place = (chart.s[index] >= 0 ? `stride ${chart.s[index]}, ` : "") + chart.t[index].toFixed(3) + " s";
    return [value, place, state].filter(Boolean).join("\n");
  }

  hover(x, y) {
    const chart = this.chart;
    if (chart.lanes.length) { this.hoverLane(x, y); return; }
    let best = -1, near = 900;
    chart.t.forEach((t, k) => {
      if (t < this.from || t > this.to) return;
      const dx = this.x(t) - x, dy = (chart.y[k] === null ? TOP + 8 : this.y(chart.y[k])) - y;
      const far = dx * dx + 0.15 * dy * dy;
      if (far < near) { near = far; best = k; }
    });
    this.mark(best);
  }

  hoverLane(x, y) {
    const lane = this.chart.lanes[Math.floor((y - TOP) / LANE)], t = this.timeAt(x);
    const tolerance = (this.to - this.from) * 3 / this.width;
    const span = lane && x > LEFT ? lane[1].find(([a, b]) => t >= a - tolerance && t <= b + tolerance) : null;
    if (!span) { this.tip.classList.add("hidden"); return; }
    const named = this.axis.marks.find(([, a, b]) => a === span[0] && b === span[1]);
    const stride = this.axis.strides.length > 1 ? `\nstride ${Math.max(0, Math.floor(this.strideOf(span[0])))}` : "";
    this.say(x, y, `${named && lane[0] === "events" ? named[0] : lane[0]}\n${span[0].toFixed(3)} s to ${span[1].toFixed(3)} s (${((span[1] - span[0]) * 1000).toFixed(0)} ms)${stride}`);
  }

  say(x, y, text) {
    const scale = this.svg.getBoundingClientRect().width / this.width;
    this.tip.textContent = text;
    this.tip.classList.remove("hidden");
    const left = x * scale + 12, wide = this.tip.offsetWidth;
    this.tip.style.left = Math.max(0, left + wide > this.figure.clientWidth ? x * scale - wide - 12 : left) + "px";
    this.tip.style.top = Math.max(0, y * scale - 20) + "px";
  }

  mark(index) {
    this.at = index;
    if (!this.over) return;
    this.over.textContent = "";
    if (index < 0) { this.tip.classList.add("hidden"); return; }
    const x = this.x(this.chart.t[index]), y = this.chart.y[index] === null ? TOP + 8 : this.y(this.chart.y[index]);
    make("path", { class: "cursor", d: `M${x} ${TOP}V${this.bottom}` }, this.over);
    make("circle", { class: "ring", cx: x, cy: y, r: 6 }, this.over);
    this.say(x, y, this.words(index));
  }
}

const plots = new Map();
function wake(figure) {
  if (!plots.has(figure)) plots.set(figure, new Plot(figure));
}
const figures = document.querySelectorAll("figure.chart");
if ("IntersectionObserver" in window) {
  const watcher = new IntersectionObserver((entries) => entries.forEach((entry) => {
    if (entry.isIntersecting) { wake(entry.target); watcher.unobserve(entry.target); }
  }), { rootMargin: "600px" });
  figures.forEach((figure) => watcher.observe(figure));
} else figures.forEach(wake);
if ("ResizeObserver" in window) {
  const sizes = new ResizeObserver((entries) => entries.forEach((entry) => {
    const plot = plots.get(entry.target), wide = Math.round(entry.contentRect.width);
    if (plot && wide && wide !== plot.width) plot.draw();
  }));
  figures.forEach((figure) => sizes.observe(figure));
}

/* Filter of checks by verdict. */
const results = document.querySelector('[data-section="checks"]');
const cards = results ? [...results.querySelectorAll(".check")] : [];
const verdicts = [...new Set(cards.map((card) => card.dataset.verdict))];
if (verdicts.length > 1) {
  const bar = document.createElement("div");
  bar.className = "filters";
  bar.append("Show: ");
  const buttons = ["all", ...verdicts].map((word) => {
    const node = document.createElement("button");
    node.type = "button"; node.textContent = word; node.setAttribute("aria-pressed", String(word === "all"));
    node.addEventListener("click", () => {
      buttons.forEach((other) => other.setAttribute("aria-pressed", String(other === node)));
      cards.forEach((card) => card.classList.toggle("hidden", word !== "all" && card.dataset.verdict !== word));
    });
    bar.append(node);
    return node;
  });
  results.querySelector("h2").after(bar);
}

/* A link to a check must find it even where the filter hides it. */
window.addEventListener("hashchange", () => {
  const card = document.getElementById(location.hash.slice(1));
  if (card && card.classList.contains("hidden")) { results.querySelector(".filters button").click(); card.scrollIntoView(); }
});

const theme = document.querySelector("button.theme");
theme.classList.remove("hidden");
theme.addEventListener("click", () => {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
});
})();
