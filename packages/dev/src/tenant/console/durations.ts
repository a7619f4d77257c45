export { spanOf } from '../../explain/durations.js'

export function countOf(count: number, one: string, many = `${one}s`): string {
  return count === 0 ? `no ${many}` : `${count} ${count === 1 ? one : many}`
}
