/** Apart from its command, so that it is there at once. */
export const help = `Usage: sallyport skill install [options]

Copies the skill for coding agents into this project: how to set up, guard routes, and verify.
Nothing is downloaded: it comes with this package, and fits its version.

Options:
  --to <folder>          where to; default .agents/skills and .claude/skills
  --yes                  replaces files of the skill that were changed here
  --json                 prints one JSON object: folders, written

A second run changes nothing.

Exit codes: 0 done, 1 failed, 2 usage, 4 a file of the skill was changed here: see --yes.
`
