import { fork, type Serializable } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** A process of its own that answers one message at a time. */
export interface Child<Question, Answer> {
  ask(question: Question): Promise<Answer>
  end(): Promise<void>
}

/** Starts a TypeScript file of this folder with the loader that runs this process. */
export function startChild<Question, Answer>(
  file: string,
  nodeOptions: readonly string[] = [],
): Child<Question, Answer> {
  const path = fileURLToPath(new URL(file, import.meta.url))
  const child = fork(path, [], { execArgv: [...process.execArgv, ...nodeOptions] })
  return {
    ask: (question) =>
      new Promise((resolve, reject) => {
        const onExit = (code: number | null) => reject(new Error(`${file} ended with ${code} before it answered.`))
        child.once('exit', onExit)
        child.once('message', (answer) => {
          child.off('exit', onExit)
          resolve(answer as Answer)
        })
        child.send(question as Serializable)
      }),
    end: async () => {
      if (child.exitCode !== null) return
      child.kill()
      await once(child, 'exit')
    },
  }
}

/** The other side: answers every question of the parent process. */
export function answerParent<Question, Answer>(answer: (question: Question) => Answer | Promise<Answer>): void {
  process.on('message', async (question) => {
    process.send?.(await answer(question as Question))
  })
}
