const fatalDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Decodes UTF-8, and keeps a byte order mark as the character it is.
 *
 * @throws {TypeError} on ill-formed input.
 */
export const decodeUtf8: (bytes: Uint8Array) => string =
  typeof Buffer === 'function' ? decodeWithBuffer : (bytes) => fatalDecoder.decode(bytes)

/** Three times as fast. Where it had to put a replacement character, or the text has one of its own, the decoder judges. */
function decodeWithBuffer(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
  return text.includes('\ufffd') ? fatalDecoder.decode(bytes) : text
}
