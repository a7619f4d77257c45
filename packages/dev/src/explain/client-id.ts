/** 32 letters and digits, as Auth0 makes them. Those are mixed: one word of 32 letters is somebody's own identifier. */
export function looksLikeClientId(text: string): boolean {
  return /^[A-Za-z0-9]{32}$/.test(text) && !/^(?:[a-z]+|[A-Z]+|\d+)$/.test(text)
}
