import { InvalidOptions, RequestRefused } from '../errors.js'

/** What a route demands of an access token. Everything that is named must hold. */
export interface Requirement {
  /** All of these: one scope, a space-separated string, or a list. */
  readonly scopes?: string | readonly string[]
  /** At least one of these. */
  readonly anyScope?: string | readonly string[]
  /** All of these, in the `permissions` claim. */
  readonly permissions?: string | readonly string[]
  /** At least one of these, in the `permissions` claim. */
  readonly anyPermission?: string | readonly string[]
  /** `true` lets a request without credentials pass; bad credentials are refused all the same. Default `false`. */
  readonly optional?: boolean
}

/** The rights of a token, as a requirement looks at them. */
export interface Rights {
  readonly scopes: ReadonlySet<string>
  readonly permissions: ReadonlySet<string>
}

/** A requirement that has been checked and compiled, once, by `resolveRequirement`. */
export class ResolvedRequirement {
  /** Not the name of a requirement: a copy of this object is refused instead of being read as one without demands. */
  readonly resolved = true
  readonly optional: boolean
  readonly #policies: readonly Policy[]

  constructor(policies: readonly Policy[], optional: boolean) {
    this.#policies = policies
    this.optional = optional
  }

  /** @throws {RequestRefused} `scope_missing`, `permission_missing`. */
  check(caller: { readonly rights: Rights }): void {
    for (const policy of this.#policies) policy(caller.rights)
  }
}

type Policy = (rights: Rights) => void

const policies = {
  scopes: (wanted: readonly string[]): Policy => {
    const refuse = scopeMissing(wanted)
    return ({ scopes }) => {
      for (const scope of wanted) if (!scopes.has(scope)) throw refuse()
    }
  },
  anyScope: (wanted: readonly string[]): Policy => {
    const refuse = scopeMissing(wanted)
    return ({ scopes }) => {
      if (!wanted.some((scope) => scopes.has(scope))) throw refuse()
    }
  },
  permissions: (wanted: readonly string[]): Policy => {
    return ({ permissions }) => {
      for (const permission of wanted) if (!permissions.has(permission)) throw new RequestRefused('permission_missing')
    }
  },
  anyPermission: (wanted: readonly string[]): Policy => {
    return ({ permissions }) => {
      if (!wanted.some((permission) => permissions.has(permission))) throw new RequestRefused('permission_missing')
    }
  },
} satisfies Partial<Record<keyof Requirement, (wanted: readonly string[]) => Policy>>

function scopeMissing(wanted: readonly string[]): () => RequestRefused {
  const scope = wanted.join(' ')
  return () => new RequestRefused('scope_missing', { scope })
}

/** What a route without a requirement demands: a valid access token. */
const anyToken: ResolvedRequirement = new ResolvedRequirement([], false)

/**
 * Checks a requirement and compiles it, so that a mistake shows at start-up and a request pays for nothing but look-ups.
 *
 * @throws {InvalidOptions} on an unknown name, a wrong type, or an empty list.
 */
export function resolveRequirement(requirement: Requirement | ResolvedRequirement | undefined): ResolvedRequirement {
  if (requirement === undefined) return anyToken
  if (requirement instanceof ResolvedRequirement) return requirement
  if (!isPlainObject(requirement)) {
    throw new InvalidOptions('requirement', "A requirement is a plain object such as { scopes: 'read:messages' }.")
  }
  const compiled: Policy[] = []
  for (const [name, value] of Object.entries(requirement)) {
    if (name === 'optional') {
      if (typeof value !== 'boolean')
        throw new InvalidOptions('optional', 'Requirement "optional" takes true or false.')
    } else if (isPolicyName(name)) compiled.push(policies[name](rightsList(name, value)))
    else
      throw new InvalidOptions(
        name,
        `There is no requirement "${name}". Known: ${[...Object.keys(policies), 'optional'].join(', ')}.`,
      )
  }
  return new ResolvedRequirement(compiled, Object.hasOwn(requirement, 'optional') && requirement.optional === true)
}

/** What an instance or a map demands would not be seen among its own members. */
function isPlainObject(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

function isPolicyName(name: string): name is keyof typeof policies {
  return Object.hasOwn(policies, name)
}

// RFC 6749 section 3.3: a scope-token. What is allowed here can stand in a challenge as it is.
const rightPattern = /^[\x21\x23-\x5b\x5d-\x7e]+$/

function rightsList(name: string, value: unknown): readonly string[] {
  const list: unknown = typeof value === 'string' ? value.split(' ') : value
  if (
    !Array.isArray(list) ||
    list.length === 0 ||
    !list.every((right) => typeof right === 'string' && rightPattern.test(right))
  ) {
    throw new InvalidOptions(
      name,
      `Requirement "${name}" takes a string or a non-empty list of strings without spaces or quotes.`,
    )
  }
  return [...new Set(list)]
}
