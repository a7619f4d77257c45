const width = 100

interface Wrapping {
  /** Spaces before each line. */
  readonly indent: number
  /** What stands before the first line instead; as wide as the indent when shown. */
  readonly first?: string
}

/** A text in lines that fit a terminal; in one line for programs, which would look for a word in vain. */
export function wrapped(text: string, { indent, first = ' '.repeat(indent) }: Wrapping): string[] {
  const room = process.stdout.isTTY === true ? Math.min(process.stdout.columns || width, width) - indent : Infinity
  const lines = ['']
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? ''
    if (line !== '' && line.length + 1 + word.length > room) lines.push(word)
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`
  }
  return lines.map((line, index) => `${index === 0 ? first : ' '.repeat(indent)}${line}`)
}
