export const outsideOfTheContract: Readonly<Record<string, string>> = {
  E27: 'a handler that has begun to answer, whatever the client sends',
  F30: 'middleware that rewrites the URL',
  G16: 'several instances with one store',
  G21: 'the last moments of a proof, minutes after its first use',
  G29: 'what a CORS plugin is told to expose',
  K02: 'logs and events, which no client sees',
  K03: 'what can be printed of an error, which no client sees',
  K08: 'an error handler of the app',
  K09: 'parsers of challenges; the lines are those of the core',
  K10: 'labels of metrics, which no client sees',
}
