import * as v from 'valibot'

export const flag = v.boolean()

export const text = v.pipe(
  v.string(),
  v.nonEmpty('String is too short'),
  v.maxLength(600, 'String is too long'),
  v.check((value) => !/[<>]/.test(value), 'String does not match pattern: no < and no >'),
)

/** Also an empty one. */
export const looseText = v.pipe(v.string(), v.maxLength(2048, 'String is too long'))

const texts = v.pipe(v.array(text), v.maxLength(100, 'Array is too long'))

export const identifiers = v.pipe(texts, v.nonEmpty('Array is too short'))

export const seconds = v.pipe(
  v.number(),
  v.integer('Expected type integer but found type number'),
  v.minValue(1, 'Value is less than minimum 1'),
  v.maxValue(2_592_000, 'Value is greater than maximum 2592000'),
)

export const plainObject = v.custom<Readonly<Record<string, unknown>>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
)

export const stringsByName = v.pipe(plainObject, v.record(v.string(), looseText))

const unsafe = ['javascript:', 'data:', 'vbscript:']

function isSafeUrl(value: string): boolean {
  return URL.canParse(value) && !unsafe.includes(new URL(value).protocol)
}

/** A tenant sends browsers to these. */
export const urls = v.pipe(
  v.array(v.pipe(text, v.check(isSafeUrl, "Object didn't pass validation for format absolute-uri"))),
  v.maxLength(100, 'Array is too long'),
)

export const email = v.pipe(
  v.string(),
  v.email("Object didn't pass validation for format email"),
  v.transform((value) => value.toLowerCase()),
)

export const notHereMessage = 'is not in this tenant'

/** Members that Auth0 has and this tenant does not: to take them without an effect would be worse than to say so. */
export function onlyInAuth0(...names: readonly string[]) {
  return Object.fromEntries(names.map((name) => [name, v.exactOptional(v.custom<never>(() => false, notHereMessage))]))
}

type Removable<Entity> = { readonly [Name in keyof Entity]?: Entity[Name] | null }

/** What a `PATCH` does: a member that is `null` goes away. */
export function patched<Entity extends object>(entity: Entity, changes: Removable<Entity>): Entity {
  const members = Object.entries({ ...entity, ...changes }).filter(([, value]) => value !== null)
  return Object.fromEntries(members) as Entity
}
