# SPDX-License-Identifier: MIT
"""Curves as one page of HTML: pictures and tables, nothing to load, opens in any browser."""

import html
import math
import statistics

WIDTH, HEIGHT = 560, 340
LEFT, RIGHT, TOP, BOTTOM = 64, 544, 34, 286
COLOURS = {"raw-epoll": "#555555", "iocp-epoll": "#0072b2", "iocp-uring": "#d55e00"}
OTHERS = ("#009e73", "#cc79a7", "#8c6d00", "#56b4e9")
PANELS = (("cpu_us", "server CPU per request, \u00b5s"), ("p99_us", "p99 latency, \u00b5s"))
STYLE = """
body { font: 15px/1.45 sans-serif; color: #222; background: #fff; max-width: 1160px;
       margin: 2em auto; padding: 0 1em; }
h2 { margin: 2em 0 0.3em; } svg { max-width: 100%; height: auto; }
table { border-collapse: collapse; font-size: 13px; margin: 0.5em 0; }
td, th { padding: 2px 10px; text-align: right; border-bottom: 1px solid #ddd; }
.note { color: #555; }
"""


def short(number):
    """An axis' or a table's number: 18000 as 18k, 1048576 as 1M where that is what was meant."""
    for unit, letter in ((1 << 20, "Mi"), (1 << 10, "Ki")):
        if number >= unit and number % unit == 0:
            return f"{number // unit:.0f} {letter}"
    if number >= 1000 and number % 1000 == 0:
        return f"{number / 1000:.0f}k"
    return f"{number:.3g}" if number < 1000 else f"{number:.0f}"


class Scale:
    """Values to places, logarithmic; an end that no value reaches is a 1, 2 or 5."""

    def __init__(self, values, start, end, tight=False):
        low, high = min(values), max(values)
        if not tight:
            low, high = self.below(low), self.above(high)
        self.low, self.high = low, max(high, low * 2)
        self.start, self.end = start, end

    @staticmethod
    def steps(decade):
        return [step * 10.0 ** decade for step in (1, 2, 5)]

    def below(self, value):
        decade = math.floor(math.log10(value))
        return max(step for step in self.steps(decade) if step <= value * 1.0001)

    def above(self, value):
        decade = math.floor(math.log10(value))
        return min(step for step in [*self.steps(decade), 10.0 ** (decade + 1)]
                   if step >= value * 0.9999)

    def place(self, value):
        share = math.log(value / self.low) / math.log(self.high / self.low)
        return self.start + (self.end - self.start) * share

    def ticks(self):
        decades = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
        return [step for decade in decades for step in self.steps(decade)
                if self.low * 0.999 <= step <= self.high * 1.001]


def by_server(curve, value):
    """server -> [(x, median, least, greatest)], ascending."""
    gathered = {}
    for point in curve["points"]:
        gathered.setdefault(point["server"], {}).setdefault(point["x"], []).append(point[value])
    return {
        server: [(x, statistics.median(found), min(found), max(found))
                 for x, found in sorted(places.items())]
        for server, places in gathered.items()
    }


def colour_of(server, number):
    return COLOURS.get(server, OTHERS[number % len(OTHERS)])


def axes(title, axis, places, across, up):
    parts = [f'<text x="{LEFT}" y="18" font-weight="bold">{html.escape(title)}</text>']
    for tick in up.ticks():
        y = up.place(tick)
        parts.append(
            f'<path d="M{LEFT} {y:.1f}H{RIGHT}" stroke="#ddd"/>'
            f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{short(tick)}</text>'
        )
    for x in places:
        at = across.place(x)
        parts.append(
            f'<path d="M{at:.1f} {BOTTOM}v5" stroke="#888"/>'
            f'<text x="{at:.1f}" y="{BOTTOM + 19}" text-anchor="middle">{short(x)}</text>'
        )
    parts.append(
        f'<path d="M{LEFT} {BOTTOM}H{RIGHT}" stroke="#888"/>'
        f'<text x="{(LEFT + RIGHT) / 2}" y="{BOTTOM + 42}" text-anchor="middle">'
        f"{html.escape(axis)}</text>"
    )
    return parts


def line(server, number, points, across, up):
    """The medians, joined, each with a bar from the least to the greatest, and the name."""
    colour = colour_of(server, number)
    medians = " ".join(f"{across.place(x):.1f},{up.place(y):.1f}" for x, y, _, _ in points)
    bars = "".join(f"M{across.place(x):.1f} {up.place(least):.1f}V{up.place(most):.1f}"
                   for x, _, least, most in points)
    dots = "".join(f'<circle cx="{across.place(x):.1f}" cy="{up.place(y):.1f}" r="3"/>'
                   for x, y, _, _ in points)
    at = RIGHT - 100 * number
    return (
        f'<g stroke="{colour}" fill="none" stroke-width="2"><polyline points="{medians}"/>'
        f'<path d="{bars}" stroke-width="1" opacity="0.5"/></g><g fill="{colour}">{dots}'
        f'<text x="{at}" y="{TOP - 2}" text-anchor="end" font-size="12">{html.escape(server)}'
        "</text></g>"
    )


def picture(curve, value, title):
    lines = by_server(curve, value)
    points = [point for found in lines.values() for point in found]
    if not points or min(least for _, _, least, _ in points) <= 0:
        return f'<p class="note">{html.escape(title)}: not measured</p>'
    places = sorted({point[0] for point in points})
    across = Scale(places, LEFT + 16, RIGHT - 16, tight=True)
    up = Scale([end for _, _, least, most in points for end in (least, most)], BOTTOM, TOP + 8)
    parts = axes(title, curve["axis"], places, across, up)
    parts += [line(server, number, found, across, up)
              for number, (server, found) in enumerate(lines.items())]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="13" fill="#222">'
        + "\n".join(parts) + "</svg>"
    )


def table(curve):
    columns = {(server, value): dict((x, median) for x, median, _, _ in found)
               for value, _ in PANELS for server, found in by_server(curve, value).items()}
    names = {"cpu_us": "CPU", "p99_us": "p99"}
    head = "".join(f"<th>{html.escape(server)} {names[value]}</th>" for server, value in columns)
    rows = ""
    for x in sorted({point["x"] for point in curve["points"]}):
        cells = "".join(f"<td>{column[x]:.1f}</td>" if x in column else "<td>-</td>"
                        for column in columns.values())
        rows += f"<tr><td>{short(x)}</td>{cells}</tr>\n"
    return f"<table><tr><th>{html.escape(curve['axis'])}</th>{head}</tr>\n{rows}</table>"


def write_page(path, result):
    parts = [
        "<!DOCTYPE html>", "<!-- SPDX-License-Identifier: MIT -->",
        '<html lang="en"><head><meta charset="utf-8"><title>How cost grows</title>'
        f"<style>{STYLE}</style></head><body>", "<h1>How cost grows</h1>",
        f'<p class="note">{html.escape(result.get("machine", ""))}</p>',
        "<p>Echo servers on 127.0.0.1, measured in turns by <code>bench/run.py --curves</code>. "
        "Lines join medians; bars reach from the least to the greatest round. Both axes are "
        "logarithmic. The client shares the processors with the server.</p>",
    ]
    for curve in result["curves"]:
        parts.append(f"<h2>{html.escape(curve['title'])}</h2>")
        parts += [picture(curve, value, title) for value, title in PANELS]
        parts.append(table(curve))
    parts.append("</body></html>\n")
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(parts))
