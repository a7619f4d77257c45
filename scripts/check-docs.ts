// Prevents documentation whose examples do not compile: every `ts` block is type-checked against the built package.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { projectFiles } from './project-files.js'

const folder = join('node_modules', '.cache', 'docs-blocks')
const documents = projectFiles().filter((path) => path.endsWith('.md') && !path.startsWith('.changeset'))

rmSync(folder, { recursive: true, force: true })
mkdirSync(folder, { recursive: true })
writeFileSync(join(folder, 'package.json'), '{"type":"module"}')

const origins = new Map<string, string>()
for (const document of documents) {
  const text = readFileSync(document, 'utf8')
  for (const block of text.matchAll(/^```ts\n(.*?)^```/gms)) {
    const line = text.slice(0, block.index).split('\n').length + 1
    const file = join(folder, `${document.replaceAll(/[^a-zA-Z0-9]/g, '-')}-${line}.ts`)
    writeFileSync(file, `${block[1]}\nexport {}\n`)
    origins.set(file, `${document}:${line}`)
  }
}

const { config } = ts.readConfigFile('tsconfig.base.json', ts.sys.readFile)
const { options } = ts.parseJsonConfigFileContent({ ...config, files: [] }, ts.sys, '.')
const program = ts.createProgram([...origins.keys()], {
  ...options,
  noEmit: true,
  experimentalDecorators: true,
  isolatedDeclarations: false,
  declaration: false,
  noUnusedLocals: false,
  // What `strict` does not include, a reader's project need not have.
  noPropertyAccessFromIndexSignature: false,
})
const problems = ts.getPreEmitDiagnostics(program)
for (const { file, start = 0, messageText } of problems) {
  const origin =
    [...origins].find(([path]) => file?.fileName.endsWith(path.replaceAll('\\', '/')))?.[1] ?? file?.fileName
  const line = file === undefined ? 0 : file.getLineAndCharacterOfPosition(start).line
  console.log(`${origin} (line ${line + 1} of the block): ${ts.flattenDiagnosticMessageText(messageText, '\n')}`)
}
console.log(`${origins.size} blocks in ${documents.length} documents, ${problems.length} problems`)
process.exitCode = problems.length === 0 && origins.size > 0 ? 0 : 1
