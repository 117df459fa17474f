"use strict";
// Draws the charts that the page's data describe. One window of time and one crosshair for all of them.

const Charts = (() => {
  const TIME_STEPS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600,
    900, 1800, 3600, 7200, 10800, 21600, 43200, 86400];
  const BAR_PIXELS_MIN = 5;
  const WINDOW_BUCKETS_MIN = 4;
  const MINUS = "\u2212";

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

  function time(seconds, step = 1) {
    const places = step >= 1 ? 0 : Math.min(9, Math.ceil(-Math.log10(step) - 1e-9));
    const scale = 10 ** places;
    const units = Math.round(seconds * scale);
    const whole = Math.floor(units / scale);
    const two = (number) => String(number).padStart(2, "0");
    const clock = `${two(Math.floor(whole / 3600))}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
    return places ? `${clock}.${String(units % scale).padStart(places, "0")}` : clock;
  }

  function number(value, decimals) {
    const text = Math.abs(value).toLocaleString("en-US",
      { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
    return value < 0 && /[1-9]/.test(text) ? MINUS + text : text;
  }

  function axisNumbers(values, step, mirrored) {
    const largest = Math.max(...values.map(Math.abs));
    const [scale, suffix] = largest >= 1e12 ? [1e12, "T"] : largest >= 1e9 ? [1e9, "B"] : largest >= 1e6 ? [1e6, "M"]
      : largest >= 1e5 ? [1e3, "k"] : [1, ""];
    let decimals = 0;
    const whole = () => (step / scale) * 10 ** decimals;
    while (decimals < 9 && Math.abs(whole() - Math.round(whole())) > 1e-6) decimals += 1;
    return values.map((value) => {
      const shown = (mirrored ? Math.abs(value) : value) / scale;
      return number(shown, decimals) + (value ? suffix : "");
    });
  }

  function length(seconds) {
    if (seconds >= 3600) return `${+(seconds / 3600).toFixed(2)} h`;
    if (seconds >= 60) return `${+(seconds / 60).toFixed(2)} min`;
    if (seconds >= 1) return `${+seconds.toFixed(2)} s`;
    return seconds >= 0.001 ? `${+(seconds * 1e3).toFixed(3)} ms` : `${+(seconds * 1e6).toFixed(3)} \u00b5s`;
  }

  /** The values of a chart in its unit, `fold` buckets made one where they are amounts that add up. */
  function fold(spec, factor) {
    const first = Math.floor(Math.round(spec.start / spec.width) / factor);
    const offset = Math.round(spec.start / spec.width) - first * factor;
    const count = Math.ceil((spec.count + offset) / factor);
    const aligned = spec.start - offset * spec.width;
    const width = spec.width * factor;
    const x = Array.from({ length: count }, (_, index) => aligned + (index + 0.5) * width);
    const values = spec.lines.map((line) => {
      if (factor === 1) return line.values.map((value) => (value === null ? null : value * spec.reads.factor));
      const sums = new Array(count).fill(null);
      line.values.forEach((value, index) => {
        if (value !== null) sums[Math.floor((index + offset) / factor)] += value * spec.reads.factor;
      });
      return sums;
    });
    return { x, values, width };
  }

  class Chart {
    constructor(spec, place, group) {
      this.spec = spec;
      this.group = group;
      this.factor = 1;
      this.folded = fold(spec, 1);
      this.bars = spec.lines.some((line) => line.style === "bars");
      place.append(this.head = this.makeHead(), this.stage = document.createElement("div"));
      this.stage.className = "stage";
      this.stage.style.height = `${spec.height}px`;
      if (!spec.lines.length) {
        this.stage.className = "stage empty";
        this.stage.textContent = spec.empty;
        return;
      }
      this.stage.setAttribute("role", "img");
      const count = (spec.marks || []).length;
      const marked = count ? `, with ${count} intervention${count === 1 ? "" : "s"} marked` : "";
      this.stage.setAttribute("aria-label", `Chart: ${spec.title}${marked}`);
      this.plot = new uPlot(this.options(), this.drawn(), this.stage);
      this.marks = new Marks(spec.marks || [], this.plot);
      this.pressMarks(!group.hidden.has(this.marksName()));
      this.spec.lines.forEach((line, index) => {
        if (group.hidden.has(`${spec.key} ${line.label}`)) this.press(this.outputs[index].parentElement, index, false);
      });
      this.plot.over.addEventListener("mouseleave", () => this.group.charts.forEach((chart) => chart.read(null)));
    }

    makeHead() {
      const head = document.createElement("div");
      head.className = "chart-head";
      const title = document.createElement("h3");
      title.textContent = this.spec.title;
      this.note = document.createElement("span");
      this.note.className = "note";
      title.append(this.note);
      this.clock = document.createElement("span");
      this.clock.className = "clock";
      const legend = document.createElement("div");
      legend.className = "legend";
      this.outputs = this.spec.lines.map((line, index) => this.makeKey(line, index));
      const keys = this.outputs.map((output) => output && output.parentElement);
      const leads = (index) => this.spec.lines[index].style === "line";
      legend.append(...keys.filter((key, index) => key && leads(index)), ...keys.filter((key, index) => key && !leads(index)));
      if (this.spec.lines.length && (this.spec.marks || []).length) legend.append(this.makeMarksKey());
      head.append(title, legend, this.clock);
      return head;
    }

    makeKey(line, index) {
      if (line.style === "hidden") return null;
      const key = document.createElement("button");
      key.type = "button";
      key.className = "key";
      key.setAttribute("aria-pressed", "true");
      key.title = `Show or hide ${line.label}`;
      const swatch = document.createElement("i");
      swatch.className = `swatch ${line.style}`;
      swatch.style.setProperty("--swatch", `var(--${line.colour})`);
      const output = document.createElement("output");
      output.style.minWidth = `${this.widest(index)}ch`;
      key.append(swatch, document.createTextNode(line.label), output);
      key.addEventListener("click", () => {
        const show = key.getAttribute("aria-pressed") !== "true";
        this.group.hidden[show ? "delete" : "add"](`${this.spec.key} ${line.label}`);
        this.press(key, index, show);
      });
      return output;
    }

    marksName() { return `${this.spec.key} marks`; }

    makeMarksKey() {
      const key = this.marksKey = document.createElement("button");
      key.type = "button";
      key.className = "key";
      key.title = "Show or hide interventions";
      const swatch = document.createElement("i");
      swatch.className = "swatch marks";
      key.append(swatch, document.createTextNode("Interventions"));
      key.addEventListener("click", () => {
        const show = key.getAttribute("aria-pressed") !== "true";
        this.group.hidden[show ? "delete" : "add"](this.marksName());
        this.pressMarks(show);
      });
      return key;
    }

    pressMarks(show) {
      if (this.marksKey) this.marksKey.setAttribute("aria-pressed", String(show));
      this.marks.show(show);
    }

    press(key, index, show) {
      key.setAttribute("aria-pressed", String(show));
      this.plot.setSeries(index + 1, { show });
      if (this.spec.lines[index].style === "band") this.plot.setSeries(index, { show });
    }

    text(index, at) {
      const line = this.spec.lines[index];
      const value = this.folded.values[index][at];
      if (value === null || value === undefined) return "";
      const one = number(this.spec.reads.mirrored ? Math.abs(value) : value, this.spec.reads.decimals);
      if (line.style !== "band") return one;
      return `${number(this.folded.values[index - 1][at], this.spec.reads.decimals)} \u2013 ${one}`;
    }

    /** Room for the longest value, so that nothing moves as the crosshair does. */
    widest(index) {
      let longest = 0;
      for (let at = 0; at < this.folded.x.length; at++) longest = Math.max(longest, this.text(index, at).length);
      return longest + (this.spec.lines[index].style === "bars" ? 2 : 0);
    }

    drawn() {
      const { x, values } = this.folded;
      const stacked = this.spec.lines.map((line, index) => {
        const under = line.on === undefined ? null : values[line.on];
        return under ? values[index].map((value, at) => (value ? value + (under[at] || 0) : null)) : values[index];
      });
      return [x, ...stacked];
    }

    options() {
      const { spec, group } = this;
      const narrow = group.width() < 560;
      const grid = { stroke: colour("grid"), width: 1 };
      const axis = { stroke: colour("muted"), font: `11px ${colour("font")}`, grid, ticks: { ...grid, size: 4 } };
      const series = spec.lines.map((line) => this.series(line));
      const bands = spec.lines.flatMap((line, index) =>
        line.style === "band" ? [{ series: [index + 1, index], fill: colour(`${line.colour}-band`) }] : []);
      return {
        width: group.width(),
        height: spec.height,
        legend: { show: false },
        series: [{}, ...series],
        bands,
        padding: [8, 20, 0, 0],
        scales: { x: { time: false }, y: { range: (_, low, high) => this.extent(low, high) } },
        axes: [
          { ...axis, incrs: TIME_STEPS, space: narrow ? 62 : 84, size: 26, gap: 3,
            values: (_, splits, __, ___, step) => splits.map((split) =>
              step >= 60 ? time(split).slice(0, -3) : time(split, step)) },
          { ...axis, size: narrow ? 48 : 62, gap: 4, space: 32,
            values: (_, splits, __, ___, step) => axisNumbers(splits, step, spec.reads.mirrored) },
        ],
        cursor: {
          y: false,
          sync: { key: group.key, scales: ["x", null], filters: { pub: (type) => /^mouse(move|leave)$/.test(type) } },
          drag: { x: true, y: false, setScale: false },
          bind: { dblclick: () => () => { group.reset(); return null; } },
          points: { size: (_, index) => (/^(line|dashed|area)$/.test(spec.lines[index - 1].style) ? 7 : 0) },
        },
        hooks: {
          setCursor: [(plot) => this.read(plot.cursor.idx)],
          setSelect: [(plot) => this.select(plot)],
          drawAxes: [(plot) => this.drawZero(plot)],
          draw: [() => { if (this.marks) this.marks.place(); }],
        },
      };
    }

    series(line) {
      const stroke = colour(line.colour);
      const base = { label: line.label, stroke, width: 1.5, points: { show: false }, spanGaps: false };
      switch (line.style) {
        case "hidden": case "band": return { ...base, stroke: "transparent", width: 0 };
        case "dots": return { ...base, width: 0, paths: () => null, points: { show: true, size: 3, width: 0, fill: stroke, stroke } };
        case "dashed": return { ...base, width: 1.75, dash: [6, 4] };
        case "area": return { ...base, width: 1.25, fill: colour(`${line.colour}-fill`), fillTo: () => 0 };
        case "bars": return { ...base, width: 0, fill: stroke, paths: uPlot.paths.bars({ size: [0.82, 60], align: 0 }), fillTo: () => 0 };
        default: return base;
      }
    }

    extent(low, high) {
      if (low === null || high === null) return [0, 1];
      const { mirrored, zero } = this.spec.reads;
      if (mirrored || zero) { low = Math.min(low, 0); high = Math.max(high, 0); }
      const pad = (high - low || Math.abs(high) * 0.01 || 1) * 0.06;
      return [low < 0 || !(mirrored || zero) ? low - pad : 0, high > 0 || !(mirrored || zero) ? high + pad : 0];
    }

    drawZero(plot) {
      const { mirrored, zero, line_at_zero: asked } = this.spec.reads;
      const y = plot.valToPos(0, "y", true);
      const { left, top, width, height } = plot.bbox;
      if (!(mirrored || zero || asked) || y < top || y > top + height) return;
      plot.ctx.save();
      plot.ctx.strokeStyle = colour("muted");
      plot.ctx.lineWidth = devicePixelRatio;
      plot.ctx.beginPath();
      plot.ctx.moveTo(left, y);
      plot.ctx.lineTo(left + width, y);
      plot.ctx.stroke();
      plot.ctx.restore();
    }

    /** Show the values of one bucket; of the last in the window where the crosshair is on none. */
    read(at) {
      if (!this.plot) return;
      if (at === null || at === undefined) at = this.lastShown();
      const known = at >= 0;
      this.outputs.forEach((output, index) => { if (output) output.textContent = known ? this.text(index, at) : ""; });
      const from = known ? this.folded.x[at] - this.folded.width / 2 : 0;
      const step = this.folded.width;
      this.clock.textContent = known ? `${time(from, step)} \u2013 ${time(from + step, step)}` : "";
    }

    lastShown() {
      const { x, values, width } = this.folded;
      let at = x.length - 1;
      while (at >= 0 && (x[at] - width / 2 >= this.group.window[1] - 1e-9 || values.every((one) => one[at] === null))) at--;
      return at;
    }

    select(plot) {
      const { left, width } = plot.select;
      if (width < 4) return;
      const from = plot.posToVal(left, "x");
      const to = plot.posToVal(left + width, "x");
      plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
      this.group.show(from, to);
    }

    show(from, to) {
      if (!this.plot) return;
      if (this.bars) {
        const perBucket = ((this.group.width() - 70) * this.spec.width) / (to - from);
        const wanted = [1, ...TIME_STEPS.map((step) => step / this.spec.width)]
          .filter((factor) => factor >= 1 && Math.abs(factor - Math.round(factor)) < 1e-6).map(Math.round);
        const factor = wanted.find((one) => one * perBucket >= BAR_PIXELS_MIN) || 1;
        if (factor !== this.factor) {
          this.factor = factor;
          this.folded = fold(this.spec, factor);
          this.plot.setData(this.drawn(), false);
        }
      }
      this.note.textContent = this.bars ? `per ${length(this.folded.width)}` : `${length(this.folded.width)} buckets`;
      this.plot.setScale("x", { min: from, max: to });
      this.read(null);
    }

    resize(width) { if (this.plot) this.plot.setSize({ width, height: this.spec.height }); }

    destroy() { if (this.plot) this.plot.destroy(); }
  }

  /** All charts under one crosshair. `onWindow` hears of every change of the window of time. */
  class Group {
    constructor(range, onWindow) {
      this.range = range;
      this.window = [...range];
      this.onWindow = onWindow;
      this.key = "run";
      this.charts = [];
      this.places = [];
      this.hidden = new Set();  // Lines that the reader put away, by chart and label.
    }

    width() { return Math.max(240, Math.floor(this.places[0].clientWidth)); }

    /** Draw lists of charts into places anew; the window of time stays. */
    draw(places, lists) {
      this.charts.forEach((chart) => chart.destroy());
      this.places = places;
      places.forEach((place) => place.replaceChildren());
      this.charts = lists.flatMap((list, index) => list.map((spec) => {
        const holder = document.createElement("figure");
        holder.className = "chart";
        places[index].append(holder);
        return new Chart(spec, holder, this);
      }));
      this.show(...this.window);
    }

    show(from, to) {
      const widths = this.charts.map((chart) => chart.spec.width);
      const least = Math.min(Math.min(...widths, 60) * WINDOW_BUCKETS_MIN, this.range[1] - this.range[0]);
      const span = Math.min(Math.max(to - from, least), this.range[1] - this.range[0]);
      const middle = (from + to) / 2;
      const start = Math.min(Math.max(middle - span / 2, this.range[0]), this.range[1] - span);
      this.window = [start, start + span];
      this.charts.forEach((chart) => chart.show(...this.window));
      this.onWindow(time(start), time(start + span));
    }

    reset() { this.show(...this.range); }

    /** Make the window so many times as long about its middle. */
    zoom(times) {
      const [from, to] = this.window;
      const half = ((to - from) * times) / 2;
      this.show((from + to) / 2 - half, (from + to) / 2 + half);
    }

    /** Move the window by so many of its lengths. */
    move(lengths) {
      const [from, to] = this.window;
      this.show(from + (to - from) * lengths, to + (to - from) * lengths);
    }

    resize() {
      const width = this.width();
      this.charts.forEach((chart) => chart.resize(width));
      this.show(...this.window);
    }
  }

  return { Group };
})();
