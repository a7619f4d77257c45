import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The skill as it is in the repository. */
export const skillFolder = fileURLToPath(new URL('../../../../skills/sallyport/', import.meta.url))

export interface SkillPage {
  /** Such as `references/setup.md`. */
  readonly path: string
  readonly text: string
}

export const skillPages: readonly SkillPage[] = ['SKILL.md', ...references()].map((path) => ({
  path,
  text: readFileSync(join(skillFolder, path), 'utf8'),
}))

function references(): readonly string[] {
  return readdirSync(join(skillFolder, 'references')).map((name) => `references/${name}`)
}

export function skillPage(path: string): SkillPage {
  const page = skillPages.find((one) => one.path === path)
  if (page === undefined) throw new Error(`The skill has no page ${path}`)
  return page
}

/** The code blocks of a language, in their order. */
export function blocksOf({ text }: SkillPage, language: 'sh' | 'ts'): readonly string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, block = '']) => block)
}

/** The lines of a page's shell blocks. */
export function commandsOf(page: SkillPage): readonly string[] {
  return blocksOf(page, 'sh').flatMap((block) => block.trim().split('\n'))
}
