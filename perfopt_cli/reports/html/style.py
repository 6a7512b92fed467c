"""How the page looks, and the few lines of script that it can do without."""

from __future__ import annotations

CSS = """
:root {
  color-scheme: light dark;
  --paper: #ffffff; --ink: #1b1f24; --soft: #57606a; --line: #d0d7de; --shade: #f4f6f8;
  --good: #116329; --bad: #a40e26; --warn: #7d4e00; --mark: #0550ae;
  --added: #dafbe1; --taken: #ffebe9; --bar: #0969da; --pale: #b6d4f5; --best: #1a7f37;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #0d1117; --ink: #e6edf3; --soft: #9ba6b2; --line: #30363d; --shade: #161b22;
    --good: #56d364; --bad: #ff8b83; --warn: #e3b341; --mark: #79c0ff;
    --added: #12361f; --taken: #44191c; --bar: #1f6feb; --pale: #1f4a80; --best: #238636;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif;
}
main, header, footer { max-width: 76rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 2rem; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .25rem; }
h2 {
  font-size: 1.3rem; margin: 2.5rem 0 .75rem; padding-top: .5rem; border-top: 1px solid
  var(--line);
}
h3 { font-size: 1.1rem; margin: 0 0 .25rem; overflow-wrap: anywhere; }
h4 { font-size: 1rem; margin: 1.25rem 0 .4rem; }
p { margin: .4rem 0; }
a { color: var(--mark); }
.soft { color: var(--soft); }
.good { color: var(--good); } .bad { color: var(--bad); } .warn { color: var(--warn); }
.tiles {
  display: flex; flex-wrap: wrap; gap: .75rem; padding: 0; margin: 1.25rem 0; list-style:
  none;
}
.tiles li {
  flex: 1 1 9rem; border: 1px solid var(--line); border-radius: .5rem; padding: .6rem .9rem;
}
.tiles strong { display: block; font-size: 1.5rem; line-height: 1.2; }
article {
  border: 1px solid var(--line); border-radius: .5rem; padding: 1rem 1.1rem; margin: 1rem 0;
}
code, pre, .diff {
  font: .84rem/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
code { overflow-wrap: anywhere; }
pre {
  background: var(--shade); border-radius: .4rem; padding: .7rem .9rem; margin: .5rem 0;
  overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere;
}
dl {
  display: grid; grid-template-columns: repeat(auto-fill, minmax(17rem, 1fr)); gap: .5rem
  1.5rem; margin: .75rem 0;
}
dt { color: var(--soft); font-size: .84rem; } dd { margin: 0; overflow-wrap: anywhere; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td {
  text-align: left; vertical-align: top; padding: .35rem .75rem .35rem 0; border-bottom: 1px
  solid var(--line); font-weight: normal;
}
thead th { color: var(--soft); font-size: .84rem; white-space: nowrap; }
.numbers td { white-space: nowrap; font-variant-numeric: tabular-nums; }
.numbers td:last-child { white-space: normal; }
.diff { table-layout: fixed; margin: .75rem 0; border: 1px solid var(--line); }
.diff th, .diff td { border: 0; padding: 0 .5rem; white-space: pre-wrap; overflow-wrap: anywhere; }
.diff .number { width: 3.2rem; color: var(--soft); text-align: right; user-select: none; }
.diff thead th { padding: .35rem .5rem; border-bottom: 1px solid var(--line); }
.diff .taken { background: var(--taken); } .diff .added { background: var(--added); }
.diff ins, .diff del { text-decoration: none; }
.diff .gap { background: var(--shade); }
.diff td + .number { border-left: 1px solid var(--line); }
svg { display: block; width: 100%; overflow: visible; }
svg text { font: 12px/1 system-ui, "DejaVu Sans", sans-serif; fill: var(--soft); }
svg text.on { fill: #ffffff; }
.bar { fill: var(--bar); } .pale { fill: var(--pale); } .best { fill: var(--best); }
.rest {
  fill: var(--line); } .axis { stroke: var(--line); } .even { stroke: var(--soft); stroke-
  dasharray: 3 3;
}
.dot { fill: var(--bar); fill-opacity: .45; } .band { fill: var(--best); fill-opacity: .22; }
.middle { stroke: var(--best); stroke-width: 2; } .edge { stroke: var(--paper); stroke-width: 1; }
.chart {
  margin: .5rem 0 1rem; } .chart figcaption { font-size: .84rem; color: var(--soft); margin-
  bottom: .35rem;
}
.hot tbody th { min-width: 12rem; }
.times td:nth-child(2) { width: 34%; min-width: 9rem; }
.key {
  display: inline-block; width: .8em; height: .8em; border-radius: 2px; margin: 0 .3em 0
  .8em; vertical-align: -.05em; background: var(--bar);
}
.key.pale { background: var(--pale); } .key.best { background: var(--best); }
details {
  margin: .5rem 0; } summary { cursor: pointer; overflow-wrap: anywhere; padding: .15rem 0;
}
details > article, details > div { margin-left: .2rem; }
:focus-visible { outline: 2px solid var(--mark); outline-offset: 2px; }
footer { padding-bottom: 2rem; }
@media (max-width: 44rem) {
  main, header, footer { padding-left: .8rem; padding-right: .8rem; }
  h1 { font-size: 1.35rem; }
  article { padding: .8rem .7rem; }
  .diff, .diff td { display: block; width: auto; }
  .diff tbody { display: flex; flex-direction: column; }
  .diff tr { display: contents; }
  .diff .added { order: 1; }
  .diff thead, .diff .number, .diff .gap, .diff .repeated { display: none; }
  .diff .taken::before { content: "- "; } .diff .added::before { content: "+ "; }
  .times th, .times td { padding-right: .5rem; }
  .stack thead {
    position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden;
  }
  .stack tr {
    display: flex; flex-wrap: wrap; gap: 0 .9rem; padding: .5rem 0; border-bottom: 1px solid
    var(--line);
  }
  .stack th, .stack td { border: 0; padding: 0; }
  .stack tbody th, .stack.times td:nth-child(2), .stack td:last-child {
    flex: 1 0 100%; width: 100%;
  }
  .stack td[data-label]::before {
    content: attr(data-label) " "; color: var(--soft); font-size: .84rem;
  }
}
@media print {
  :root { --paper: #fff; --ink: #000; --soft: #444; --line: #bbb; --shade: #f4f6f8;
    --good: #116329; --bad: #a40e26; --warn: #7d4e00; --added: #dafbe1; --taken: #ffebe9;
    --bar: #0969da; --pale: #b6d4f5; --best: #1a7f37; }
  body { font-size: 11pt; }
  .dot, .bar, .pale, .best, .diff td {
    print-color-adjust: exact; -webkit-print-color-adjust: exact;
  }
  figure, tr { break-inside: avoid; }
  h2, h3, h4 { break-after: avoid; }
  .hot tbody th { min-width: 0; }
  .hot.times td:nth-child(2) { width: 18%; min-width: 0; }
  details::details-content { content-visibility: visible; display: block; }
}
"""

# Folded parts are printed too; browsers that know ::details-content need no script for it.
SCRIPT = (
    "addEventListener('beforeprint',()=>{for(const one of document.querySelectorAll('details'))"
    "one.open=true});"
)
