import { baseStyles } from '../pages/styles.js'

const styles = `
dl, ul, ol { margin: 0; padding: 0; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip { position: absolute; left: 1rem; top: -5rem; z-index: 1; background: var(--paper); padding: 0.6rem 1rem; border-radius: 8px; }
.skip:focus { top: 0.75rem; }
.side { padding: 0.9rem 1rem; background: var(--paper); border-bottom: 1px solid var(--line); }
.brand { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 0.6rem; font-weight: 700; font-size: 1.15rem; line-height: 1.3; color: var(--ink); text-decoration: none; }
.brand small { font-weight: 400; font-size: 0.85rem; color: var(--soft); }
.side ul { list-style: none; display: flex; flex-wrap: wrap; gap: 0.25rem; margin-top: 0.6rem; }
.side li a { display: block; padding: 0.4rem 0.75rem; border-radius: 8px; color: var(--soft); text-decoration: none; font-weight: 500; }
.side li a:hover { background: var(--sunk); color: var(--ink); }
.side li a[aria-current] { background: var(--accent-soft); color: var(--accent); font-weight: 650; }
main { padding: 1.5rem 1rem; max-width: 66rem; }
main:focus { outline: none; }
.stack > * + * { margin-top: 1.5rem; }
.tight > * + * { margin-top: 0.4rem; }
.head { display: flex; flex-wrap: wrap; gap: 0.75rem 1rem; align-items: flex-start; justify-content: space-between; }
.head > div { flex: 1 1 18rem; min-width: 0; }
.soft, .hint { color: var(--soft); }
.hint { font-size: 0.89rem; line-height: 1.45; }
.crumb { font-size: 0.9rem; }
.tabs { list-style: none; display: flex; flex-wrap: wrap; gap: 0 1.5rem; border-bottom: 1px solid var(--line); }
.tabs a { display: block; padding: 0.5rem 0; margin-bottom: -1px; border-bottom: 3px solid transparent; color: var(--soft); text-decoration: none; font-weight: 600; }
.tabs a:hover { color: var(--ink); }
.tabs a[aria-current] { color: var(--accent); border-color: var(--accent); }
.card > * + * { margin-top: 1.1rem; }
.card > h2 + .hint, .card > h2 + .soft { margin-top: 0.3rem; }
.said { border-radius: 10px; padding: 0.75rem 1rem; font-weight: 600; }
.said.good { background: var(--good-soft); color: var(--good); }
.said.bad { background: var(--bad-soft); color: var(--bad); }
.said.note { background: var(--note-soft); color: var(--note); }
.said p + p { font-weight: 400; margin-top: 0.3rem; }
.badge { display: inline-block; padding: 0.1rem 0.6rem; border-radius: 99px; background: var(--sunk); color: var(--soft); font-size: 0.84rem; font-weight: 600; overflow-wrap: anywhere; }
.badge.good { background: var(--good-soft); color: var(--good); }
.badge.bad { background: var(--bad-soft); color: var(--bad); }
.badge.note { background: var(--note-soft); color: var(--note); }
.badges { display: flex; flex-wrap: wrap; gap: 0.35rem; list-style: none; }
.empty { text-align: center; padding: 2.5rem 1.5rem; }
.empty > * + * { margin-top: 0.6rem; }
.empty .button { margin-top: 1.1rem; }
.empty p { max-width: 34rem; margin-left: auto; margin-right: auto; color: var(--soft); }
.facts { display: grid; align-items: baseline; grid-template-columns: 1fr; gap: 0.15rem 1.5rem; }
.facts dt { color: var(--soft); font-size: 0.9rem; }
.facts dd { margin: 0 0 0.8rem; overflow-wrap: anywhere; min-width: 0; }
.facts dd:last-child { margin-bottom: 0; }
.with-copy { display: flex; flex-wrap: wrap; gap: 0.4rem 0.75rem; align-items: center; }
.small { padding: 0.25rem 0.7rem; font-size: 0.87rem; }
.field { max-width: 36rem; }
.field > label { display: block; }
.field > * + * { margin-top: 0.3rem; }
.field .problem { font-size: 0.92rem; }
.field[data-wrong] :is(input, select, textarea) { border-color: var(--bad); border-width: 2px; }
.optional { font-weight: 400; color: var(--soft); }
fieldset { border: 0; margin: 0; padding: 0; min-width: 0; }
form > * + * { margin-top: 1.4rem; }
.inline, .inline > * { margin-top: 0; }
legend { padding: 0; margin-bottom: 0.45rem; }
fieldset > .hint { margin-bottom: 0.5rem; }
.many { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(16rem, 100%), 1fr)); gap: 0.15rem 1.5rem; max-width: 52rem; }
.choice { display: grid; grid-template-columns: auto 1fr; gap: 0 0.65rem; align-items: start; padding: 0.3rem 0; max-width: 40rem; }
.choice input { width: 1.1rem; height: 1.1rem; margin: 0.22rem 0 0; accent-color: var(--accent); }
.choice label { font-weight: 500; font-size: 1rem; overflow-wrap: anywhere; min-width: 0; }
.choice .hint { grid-column: 2; }
.actions { display: flex; flex-wrap: wrap; gap: 0.75rem; align-items: center; }
.danger { background: var(--bad); border-color: var(--bad); color: var(--paper); }
.button.danger-link { color: var(--bad); background: transparent; border-color: var(--edge); }
.list { padding: 0.5rem 0; }
table { width: 100%; border-collapse: collapse; }
table, thead, tbody, tr, th, td { display: block; text-align: left; }
thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
tbody tr { padding: 0.9rem 1.25rem; }
tbody tr + tr { border-top: 1px solid var(--line); }
tbody th, tbody td { font-weight: 400; overflow-wrap: anywhere; }
tbody th { font-weight: 600; }
tbody td { margin-top: 0.35rem; }
tbody td[data-title]::before { content: attr(data-title); display: block; color: var(--soft); font-size: 0.82rem; }
td.none { display: none; }
.block { padding: 0.9rem 1rem; border-radius: 10px; background: var(--sunk); max-height: 19rem; overflow-y: auto; }
.block.short { max-height: 8rem; }
pre { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
.checks { list-style: none; }
.card > .checks { margin-top: 0.4rem; }
.checks li { display: grid; gap: 0.35rem 1rem; padding: 0.85rem 0; }
.checks li + li { border-top: 1px solid var(--line); }
.checks .badge { justify-self: start; align-self: start; }
.counts { display: grid; gap: 1rem; grid-template-columns: 1fr 1fr; list-style: none; }
.counts a { display: block; padding: 1rem 1.25rem; border-radius: 12px; background: var(--paper); border: 1px solid var(--line); color: var(--soft); text-decoration: none; }
.counts a:hover { border-color: var(--accent); color: var(--accent); }
.counts b { display: block; font-size: 1.6rem; line-height: 1.2; color: var(--ink); }
.tiles { display: grid; gap: 1.5rem; grid-template-columns: 1fr; }
.tiles > * { margin-top: 0; min-width: 0; }
.side-by-side { display: grid; gap: 1.5rem; grid-template-columns: 1fr; align-items: start; }
.side-by-side > * { min-width: 0; margin-top: 0; }
.when { color: var(--soft); font-size: 0.87rem; font-weight: 400; }
.reason { color: var(--bad); }
summary { cursor: pointer; font-weight: 600; color: var(--accent); }
details > * + * { margin-top: 0.8rem; }
main + footer { max-width: 66rem; }
tbody td[data-title=Status]::before { content: none; }
@media (min-width: 34rem) {
  .checks li { grid-template-columns: 6rem 1fr; }
  main { padding: 2rem; } footer { padding: 1.5rem 2rem 2rem; } .card { padding: 1.75rem; } .list { padding: 0.5rem 0; }
  .facts { grid-template-columns: minmax(7rem, 12rem) 1fr; gap: 0.7rem 1.5rem; } .facts dd { margin: 0; }
}
@media (min-width: 56rem) {
  .console { display: grid; grid-template-columns: 14.5rem 1fr; grid-template-rows: 1fr auto; }
  .side { grid-row: 1 / 3; padding: 1.5rem 1rem; border-bottom: 0; border-right: 1px solid var(--line); }
  .side-inner { position: sticky; top: 1.5rem; }
  .brand { padding: 0 0.75rem; } .side ul { flex-direction: column; margin-top: 1.25rem; }
  main { padding: 2.5rem 3rem; min-width: 0; } main + footer { padding: 1rem 3rem 2rem; }
  .tiles { grid-template-columns: 1fr 1fr; } .counts { grid-template-columns: repeat(4, 1fr); } .side-by-side { grid-template-columns: 1fr 1fr; }
  table { display: table; } thead { display: table-header-group; position: static; width: auto; height: auto; overflow: visible; clip-path: none; } tbody { display: table-row-group; } tr { display: table-row; }
  th, td, td.none { display: table-cell; padding: 0.85rem 0.75rem; vertical-align: top; }
  thead th { color: var(--soft); font-size: 0.86rem; font-weight: 600; padding-top: 0.6rem; padding-bottom: 0.6rem; }
  tbody td { margin-top: 0; } tbody th { min-width: 11rem; } td[data-title=Reason] { width: 40%; } td[data-title^=Application] { width: 16rem; } tbody td[data-title]::before { content: none; }
  tbody tr + tr { border-top: 0; } tbody th, tbody td { border-top: 1px solid var(--line); }
  tr > :first-child { padding-left: 1.75rem; } tr > :last-child { padding-right: 1.75rem; }
  td[data-title=Status] { width: 6rem; }
  td.action { text-align: right; white-space: nowrap; }
}
@media (prefers-reduced-motion: no-preference) { .fresh { animation: fresh 1.6s ease-out; } @keyframes fresh { from { background: var(--accent-soft); } } }
`

export const consoleCss: string = baseStyles + styles
