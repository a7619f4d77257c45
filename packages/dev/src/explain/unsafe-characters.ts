/** Control characters, those that turn the direction of what follows, and those that cannot be seen. */
export const unsafeCharacters: RegExp = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu
