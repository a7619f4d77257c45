import type { Parameters } from './form.js'
import type { User } from './model.js'
import { isPassword } from './passwords.js'
import type { TenantContext } from './tenant-context.js'

const most = 8

/** Those that a page offers, to log in by one click. The others have their email address and password. */
export function usersToChoose({ state }: Pick<TenantContext, 'state'>): readonly User[] {
  return state.users.list().slice(0, most)
}

/** Who says so in a form: by one click, or by email and password. */
export function userOf({ user_id, email = '', password = '' }: Parameters, { state }: TenantContext): User | undefined {
  if (user_id !== undefined) return state.users.get(user_id)
  return state.users.list().find((one) => one.email === email.toLowerCase() && isPassword(password, one.password_hash))
}
