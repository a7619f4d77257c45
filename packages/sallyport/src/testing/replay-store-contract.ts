import type { ReplayStore } from '../index.js'

/** One rule that a replay store has to keep. `run` rejects with what is wrong. */
export interface ContractCase {
  readonly name: string
  run(): Promise<void>
}

const jkt = 'contract-suite'

/**
 * The rules of a replay store, as cases for any test runner. `createStore` is called once per case; the stores may share a
 * server. The suite takes about three seconds, as it waits for entries to expire.
 *
 * @example
 * for (const { name, run } of replayStoreContract(() => myStore(client))) test(name, run)
 */
export function replayStoreContract(createStore: () => ReplayStore | Promise<ReplayStore>): readonly ContractCase[] {
  const withStore = (run: (store: ReplayStore) => Promise<void>) => async () => run(await createStore())
  return [
    { name: 'gives true to the first claim of a key', run: withStore(firstWins) },
    { name: 'gives false to every later claim of a live key', run: withStore(laterLose) },
    { name: 'keeps keys apart', run: withStore(keysAreApart) },
    { name: 'has one winner among 64 concurrent claims', run: withStore(oneWinner) },
    { name: 'frees a key when its time has passed, and not before', run: withStore(expires) },
    { name: 'does not prolong a key that is claimed again', run: withStore(isNotProlonged) },
  ]
}

async function firstWins(store: ReplayStore): Promise<void> {
  expectVerdict(await store.claim(newKey(), 60, jkt), true, 'the first claim')
}

async function laterLose(store: ReplayStore): Promise<void> {
  const key = newKey()
  await store.claim(key, 60, jkt)
  for (const which of ['second', 'third']) expectVerdict(await store.claim(key, 60, jkt), false, `the ${which} claim`)
}

async function keysAreApart(store: ReplayStore): Promise<void> {
  const key = newKey()
  await store.claim(key, 60, jkt)
  expectVerdict(await store.claim(newKey(), 60, jkt), true, 'the claim of another key')
  const otherCase = key.replace(/[a-z]/i, (letter) => (letter < 'a' ? letter.toLowerCase() : letter.toUpperCase()))
  expectVerdict(await store.claim(otherCase, 60, jkt), true, 'the claim of a key in other letter case')
}

async function oneWinner(store: ReplayStore): Promise<void> {
  const key = newKey()
  const verdicts = await Promise.all(Array.from({ length: 64 }, async () => store.claim(key, 60, jkt)))
  const winners = verdicts.filter((verdict) => verdict === true).length
  if (winners !== 1) throw new Error(`Of 64 concurrent claims of one key ${winners} were given true.`)
}

async function expires(store: ReplayStore): Promise<void> {
  const [brief, long] = [newKey(), newKey()]
  await Promise.all([store.claim(brief, 1, jkt), store.claim(long, 60, jkt)])
  await wait(500)
  expectVerdict(await store.claim(brief, 1, jkt), false, 'a claim before the time has passed')
  await wait(2000)
  expectVerdict(await store.claim(brief, 1, jkt), true, 'a claim after the time has passed')
  expectVerdict(await store.claim(long, 60, jkt), false, 'a claim of a key with more time')
}

async function isNotProlonged(store: ReplayStore): Promise<void> {
  const key = newKey()
  await store.claim(key, 1, jkt)
  await wait(500)
  await store.claim(key, 60, jkt)
  await wait(2000)
  expectVerdict(await store.claim(key, 60, jkt), true, 'a claim after the time of the first has passed')
}

function expectVerdict(verdict: unknown, expected: boolean, claim: string): void {
  if (verdict !== expected) throw new Error(`The store gave ${String(verdict)} to ${claim}, not ${expected}.`)
}

/** Like the keys of a resource server: 43 characters of base64url. At least one is a letter. */
function newKey(): string {
  const words = `${crypto.randomUUID()}${crypto.randomUUID()}`
  return `k${words.replaceAll('-', '').slice(0, 42)}`
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
