/** What every page looks like, in light and dark, from 360 px on. */
export const baseStyles = `
:root { color-scheme: light dark; --ink: #1d1b26; --soft: #5a5768; --paper: #ffffff; --ground: #f5f4f9; --sunk: #f0eff6; --line: #dedce8; --edge: #858196; --accent: #4338ca; --accent-soft: #e9e8fc; --on-accent: #ffffff; --bad: #a01528; --bad-soft: #fdebed; --good: #11603a; --good-soft: #e3f5ea; --note: #7a4a00; --note-soft: #fdf1dc; --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
@media (prefers-color-scheme: dark) { :root { --ink: #eceaf4; --soft: #aeabbd; --paper: #1e1d27; --ground: #14131a; --sunk: #272633; --line: #363445; --edge: #7d7991; --accent: #aab4ff; --accent-soft: #2d2d4d; --on-accent: #14131a; --bad: #ff9fa9; --bad-soft: #42202a; --good: #83e3ab; --good-soft: #17382a; --note: #f3c57c; --note-soft: #3b2f1a; } }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; min-height: 100vh; background: var(--ground); color: var(--ink); font: 1rem/1.55 system-ui, sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0; letter-spacing: -0.01em; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; line-height: 1.35; margin: 0; overflow-wrap: anywhere; }
h3 { font-size: 0.95rem; margin: 0; overflow-wrap: anywhere; }
p { margin: 0; overflow-wrap: anywhere; }
a { color: var(--accent); text-underline-offset: 0.18em; }
code, pre, .mono { font-family: var(--mono); font-size: 0.87em; }
code { overflow-wrap: anywhere; }
label, legend { font-weight: 600; font-size: 0.92rem; }
input, select, textarea { width: 100%; font: inherit; padding: 0.55rem 0.75rem; border: 1px solid var(--edge); border-radius: 8px; background: var(--paper); color: inherit; }
textarea { resize: vertical; }
button, .button { display: inline-block; font: inherit; font-weight: 600; line-height: 1.3; padding: 0.6rem 1.1rem; border: 1px solid var(--accent); border-radius: 8px; background: var(--accent); color: var(--on-accent); cursor: pointer; text-decoration: none; text-align: center; overflow-wrap: anywhere; }
button:hover, .button:hover { filter: brightness(1.12); }
button.quiet, .button.quiet { background: transparent; color: var(--accent); border-color: var(--edge); }
button.quiet:hover, .button.quiet:hover { background: var(--accent-soft); filter: none; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
.card { background: var(--paper); border: 1px solid var(--line); border-radius: 14px; padding: 1.5rem; }
.problem { color: var(--bad); font-weight: 600; }
footer { padding: 1.5rem 1rem; color: var(--soft); font-size: 0.87rem; }
`

/** Login, consent and their like: one card in the middle. */
export const plainCss = `${baseStyles}
.plain { display: flex; flex-direction: column; }
.plain main { flex: 1; width: 100%; max-width: 27rem; margin: 9vh auto 2rem; padding: 0 1rem; }
.plain .brand { display: block; width: fit-content; margin: 0 auto 1.25rem; font-weight: 700; color: var(--soft); text-decoration: none; }
.plain h1 { font-size: 1.35rem; }
.plain .card { padding: 1.75rem; }
.plain p, .plain ul { color: var(--soft); margin: 0.35rem 0 1.25rem; }
.plain p.problem { color: var(--bad); }
.plain label { display: block; margin: 0.9rem 0 0.3rem; }
.plain button { width: 100%; margin-top: 1.1rem; }
.plain form + form button, .plain button + button, .plain button.quiet { margin-top: 0.6rem; }
.plain hr { border: 0; border-top: 1px solid var(--line); margin: 1.5rem 0; }
.plain ul { padding-left: 1.2rem; overflow-wrap: anywhere; }
.plain footer { text-align: center; }
`
