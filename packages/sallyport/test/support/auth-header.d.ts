declare module 'auth-header' {
  export function parse(header: string): { readonly scheme: string; readonly params: Readonly<Record<string, string>> }
}
