export interface PartOfBody {
  readonly bytes: Uint8Array
  /** That there was more. */
  readonly isCut: boolean
}

/** Reads a body, but not more than so many bytes of it. */
export async function readBody({ body }: Response, mostBytes: number): Promise<PartOfBody> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of body ?? []) {
    chunks.push(chunk)
    length += chunk.byteLength
    if (length > mostBytes) break
  }
  return { bytes: Buffer.concat(chunks).subarray(0, mostBytes), isCut: length > mostBytes }
}
