import {
  applyDecorators,
  type CanActivate,
  createParamDecorator,
  type ExecutionContext,
  SetMetadata,
  UseGuards,
} from '@nestjs/common'
import { Reflector } from '@nestjs/core'
import { type Auth, InvalidOptions, type Requirement, type ResolvedRequirement, resolveRequirement } from '../index.js'

/** All of them have to hold; an empty list stands for a public route. */
type Requirements = readonly ResolvedRequirement[]

/**
 * Demands an access token, and rights of it. What a method demands comes on top of what its controller demands; two on one
 * method both have to hold.
 *
 * @throws {InvalidOptions} when the requirement is wrong, or the same target is `@Public()`.
 */
export function RequireAuth(requirement?: Requirement): RouteDecorator {
  const resolved = resolveRequirement(requirement)
  return applyDecorators(
    demand('RequireAuth', (held) => [...held, resolved]),
    UseGuards(httpGuard),
  )
}

/**
 * Lets everyone in and looks at no credentials: for a controller, or for a method in spite of its controller.
 *
 * @throws {InvalidOptions} when the same target has `@RequireAuth()`.
 */
export function Public(): RouteDecorator {
  return demand('Public', () => [])
}

/** A parameter of a handler: the `Auth` of its caller, or `undefined` on public routes and where there need not be one. */
export const CurrentAuth: () => ParameterDecorator = createParamDecorator((_: unknown, context: ExecutionContext) =>
  context.getType() === 'http' ? callers.get(context.switchToHttp().getRequest()) : undefined,
)

/** The callers that a guard has admitted, by their requests: what else is left on a request may be anybody's. */
export const callers: WeakMap<object, Auth> = new WeakMap()

/** What a route demands, and `undefined` when neither its method nor its controller says. */
export function requirementsOf(context: ExecutionContext): Requirements | undefined {
  const ofMethod = demandOn(context.getHandler())?.requirements
  const ofController = demandOn(context.getClass())?.requirements
  if (ofMethod === undefined || ofController === undefined) return ofMethod ?? ofController
  return ofMethod.length === 0 ? ofMethod : [...ofController, ...ofMethod]
}

export type RouteDecorator = MethodDecorator & ClassDecorator

interface Demand {
  readonly target: object
  readonly requirements: Requirements
}

const metadataKey = 'sallyport:demand'
const reflector = new Reflector()

type Target = Parameters<ClassDecorator>[0]

function demandOn(target: object): Demand | undefined {
  return reflector.get<Demand | undefined>(metadataKey, target as Target)
}

function demand(name: string, next: (held: Requirements) => Requirements): RouteDecorator {
  return (owner: object, _key?: string | symbol, descriptor?: { readonly value?: unknown }) => {
    // What Nest looks at, where another decorator has put a proxy in place of the class.
    const target = (descriptor?.value ?? (owner as { prototype: object }).prototype.constructor) as Target
    const held = demandOn(target)
    const requirements = next(held?.requirements ?? [])
    // What a controller inherits may be replaced.
    const isInherited = descriptor === undefined && held?.target !== target
    if (held !== undefined && !isInherited && (held.requirements.length === 0) !== (requirements.length === 0))
      throw new InvalidOptions(
        name,
        'A route is public or demands an access token. Take @Public() or @RequireAuth() away.',
      )
    SetMetadata<string, Demand>(metadataKey, { target, requirements })(target)
  }
}

/** Nest asks no global guard about WebSocket gateways, but it asks those of the handler. */
const httpGuard: CanActivate = {
  canActivate: (context) => {
    // The module's guard has asked already what the route of an HTTP request demands.
    if (context.getType() !== 'http' && requirementsOf(context)?.length !== 0) checkHttp(context)
    return true
  },
}

/** @throws {InvalidOptions} where there is no HTTP request. */
export function checkHttp(context: ExecutionContext): void {
  const type = context.getType<string>()
  if (type === 'http') return
  throw new InvalidOptions(
    'RequireAuth',
    `A handler of the kind "${type}" has no HTTP request to authenticate. Mark it with @Public(), and check the access token where its connection begins.`,
  )
}
