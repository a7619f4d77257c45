export interface PartOfBody {
  readonly bytes: Uint8Array
  /** That there was more. */
  readonly isCut: boolean
}

/** Reads a body, but not more than so many bytes of it. */
export async function readBody(response: Response, mostBytes: number): Promise<PartOfBody> {
  const { failure, ...part } = await readBeginning(response, mostBytes)
  if (failure !== undefined) throw failure
  return part
}

/** The same, for a body that may break off, or have no end, as an event stream: what came is what there is. */
export async function readBeginning(
  { body }: Response,
  mostBytes: number,
): Promise<PartOfBody & { readonly failure?: unknown }> {
  const chunks: Uint8Array[] = []
  let length = 0
  const part = (isCut: boolean) => ({ bytes: Buffer.concat(chunks).subarray(0, mostBytes), isCut })
  try {
    for await (const chunk of body ?? []) {
      chunks.push(chunk)
      length += chunk.byteLength
      if (length > mostBytes) break
    }
  } catch (failure) {
    return { ...part(true), failure }
  }
  return part(length > mostBytes)
}
