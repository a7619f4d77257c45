import type { Context } from 'hono'
import * as v from 'valibot'
import { PageFailure } from '../authorize-request.js'

/** What was typed into a form: each field has a list, as check boxes share a name. */
export type Typed = Readonly<Record<string, readonly string[]>>

/** A form as a page shows it: what was typed, and what is wrong with it, by field. */
export interface Filled {
  readonly typed: Typed
  readonly problems: Readonly<Record<string, string>>
}

const maxLength = 256 * 1024

/** @throws {PageFailure} */
export async function readForm(c: Context): Promise<Typed> {
  const text = await c.req.text()
  if (text.length > maxLength)
    throw new PageFailure(400, 'Too large', 'This is more than a form of the console can have.')
  const search = new URLSearchParams(text)
  const names = [...new Set(search.keys())]
  return Object.fromEntries(names.map((name) => [name, search.getAll(name)]))
}

type Value = string | number | boolean | readonly string[]

export function filledWith(values: Readonly<Record<string, Value>>): Filled {
  return {
    typed: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, asTyped(value)])),
    problems: {},
  }
}

function asTyped(value: Value): readonly string[] {
  if (typeof value === 'boolean') return value ? ['on'] : []
  return typeof value === 'object' ? value : [String(value)]
}

export function countProblems(form: Filled | undefined): number {
  return Object.keys(form?.problems ?? {}).length
}

type Schema = v.GenericSchema<unknown, unknown>

export type Checked<S extends Schema> =
  | { readonly output: v.InferOutput<S> }
  | { readonly output?: undefined; readonly form: Filled }

export function checkForm<S extends Schema>(schema: S, typed: Typed): Checked<S> {
  const { success, output, issues } = v.safeParse(schema, typed, { abortPipeEarly: true })
  if (success) return { output }
  const problems: Record<string, string> = {}
  for (const issue of issues) {
    const [first] = issue.path ?? []
    problems[String(first?.key)] ??= issue.message
  }
  return { form: { typed, problems } }
}

const values = v.optional(v.array(v.string()), [])
const first = v.pipe(
  values,
  v.transform(([value = '']) => value.trim()),
)

/** Kinds of fields, for the schemas of forms. */
export const field = {
  text: (message: string) =>
    v.pipe(first, v.nonEmpty(message), v.maxLength(600, 'This is too long: 600 characters are the most.')),
  optionalText: () => v.pipe(first, v.maxLength(600, 'This is too long: 600 characters are the most.')),
  /** Spaces at its ends are part of it. */
  password: (message: string) =>
    v.pipe(
      values,
      v.transform(([value = '']) => value),
      v.nonEmpty(message),
    ),
  flag: () =>
    v.pipe(
      values,
      v.transform((all) => all.length > 0),
    ),
  many: () => values,
  oneOf: <const Options extends readonly string[]>(options: Options) =>
    v.pipe(first, v.picklist(options, 'Choose one of these.')),
  /** A whole number. */
  seconds: (most: number) =>
    v.pipe(
      first,
      v.regex(/^\d{1,9}$/, 'Write a whole number of seconds, such as 3600.'),
      v.transform(Number),
      v.minValue(1, 'At least 1 second.'),
      v.maxValue(most, `At most ${most} seconds (${Math.round(most / 86_400)} days).`),
    ),
  lines: () =>
    v.pipe(
      first,
      v.transform((text) => [...new Set(text.split(/\s+/).filter((line) => line !== ''))]),
    ),
}
