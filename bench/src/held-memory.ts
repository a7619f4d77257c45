/** heapUsed + external after garbage collection; needs `--expose-gc`. */
export async function heldMegabytes(): Promise<number> {
  for (let pass = 0; pass < 3; pass += 1) {
    await new Promise((resolve) => setTimeout(resolve, 20))
    globalThis.gc?.()
  }
  const { heapUsed, external } = process.memoryUsage()
  return (heapUsed + external) / 1_000_000
}
