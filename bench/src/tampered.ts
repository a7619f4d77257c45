const characterA = 0x41

/** The same JWS with one character of its signature changed. */
export function tampered(jws: Buffer): Buffer {
  const changed = Buffer.from(jws)
  const inSignature = jws.length - 40
  changed[inSignature] = jws[inSignature] === characterA ? characterA + 1 : characterA
  return changed
}
