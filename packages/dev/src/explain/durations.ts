const units = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const

/** In the two largest units that it has: `5400` is `1 hour 30 minutes`. */
export function spanOf(seconds: number): string {
  let rest = Math.abs(Math.trunc(seconds))
  const counts = units.map(([name, size]) => {
    const count = Math.floor(rest / size)
    rest -= count * size
    return { name, count }
  })
  const first = counts.findIndex(({ count }) => count > 0)
  const shown = first < 0 ? counts.slice(-1) : counts.slice(first, first + 2).filter(({ count }) => count > 0)
  return shown.map(({ name, count }) => `${count} ${name}${count === 1 ? '' : 's'}`).join(' ')
}
