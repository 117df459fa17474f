"use strict";
// Marks moments on a chart: a line from top to bottom, and the number of a row of the page's table.

const Marks = (() => {
  const BADGE_PIXELS = 22;
  const LANES = 6;

  /** The marks of one chart, laid over its plot. */
  class Marks {
    constructor(marks, plot) {
      this.plot = plot;
      this.marks = marks.map((mark) => {
        const line = document.createElement("i");
        line.className = `mark ${mark.kind}`;
        const badge = document.createElement("span");
        badge.className = `badge ${mark.kind}`;
        badge.textContent = mark.number;
        badge.title = mark.text;
        line.append(badge);
        plot.over.append(line);
        return { at: mark.at, line, badge };
      });
      this.place();
    }

    show(wanted) { this.plot.over.classList.toggle("unmarked", !wanted); }

    /** Put every mark where its time is; numbers that would lie on each other stand below each other, or are left out. */
    place() {
      const width = this.plot.over.clientWidth;
      const taken = new Array(LANES).fill(-Infinity);
      this.marks.forEach(({ at, line, badge }) => {
        const left = this.plot.valToPos(at, "x");
        line.hidden = !(left >= 0 && left <= width);
        if (line.hidden) return;
        line.style.left = `${left.toFixed(1)}px`;
        const lane = taken.findIndex((last) => left - last >= BADGE_PIXELS);
        badge.hidden = lane < 0;
        if (lane < 0) return;
        taken[lane] = left;
        badge.style.top = `${2 + lane * 19}px`;
      });
    }
  }

  return Marks;
})();
