/** The frameworks that Sallyport has an adapter for. */
export const frameworkNames = ['fastify', 'express', 'hono', 'nestjs', 'fetch'] as const
export type FrameworkName = (typeof frameworkNames)[number]

export interface Framework {
  readonly name: FrameworkName
  readonly title: string
  /** A project that depends on one of these uses it. */
  readonly signs: readonly string[]
}

/** In the order in which they are looked for: NestJS stands on Express or Fastify. */
export const frameworks: readonly Framework[] = [
  { name: 'nestjs', title: 'NestJS', signs: ['@nestjs/core', '@nestjs/common'] },
  { name: 'fastify', title: 'Fastify', signs: ['fastify'] },
  { name: 'hono', title: 'Hono', signs: ['hono'] },
  { name: 'express', title: 'Express', signs: ['express'] },
  { name: 'fetch', title: 'fetch', signs: ['next', '@sveltejs/kit', 'astro', '@hono/node-server'] },
]

export function frameworkOf(dependencies: ReadonlySet<string>): FrameworkName | undefined {
  return frameworks.find(({ signs }) => signs.some((sign) => dependencies.has(sign)))?.name
}

export function isFrameworkName(text: string): text is FrameworkName {
  return frameworkNames.some((name) => name === text)
}
