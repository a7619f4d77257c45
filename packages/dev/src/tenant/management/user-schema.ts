import * as v from 'valibot'
import { email, flag, looseText, onlyInAuth0, plainObject, text } from './payload-types.js'

const password = v.pipe(v.string(), v.nonEmpty('String is too short'), v.maxLength(256, 'String is too long'))

const notHere = onlyInAuth0('phone_number', 'phone_verified', 'username', 'verify_phone_number')

/** Auth0 sends no mail for this tenant, and neither does anybody else. */
const mail = { verify_email: v.exactOptional(flag) }

export const newUserSchema = v.strictObject({
  connection: text,
  email,
  password,
  user_id: v.exactOptional(v.pipe(text, v.regex(/^[^|\s]+$/, 'String does not match pattern: no |, no spaces'))),
  email_verified: v.exactOptional(flag),
  blocked: v.exactOptional(flag),
  name: v.exactOptional(text),
  nickname: v.exactOptional(text),
  given_name: v.exactOptional(text),
  family_name: v.exactOptional(text),
  picture: v.exactOptional(looseText),
  app_metadata: v.exactOptional(plainObject),
  user_metadata: v.exactOptional(plainObject),
  ...mail,
  ...notHere,
})

export const userChanges = v.strictObject({
  connection: v.exactOptional(text),
  client_id: v.exactOptional(text),
  email: v.exactOptional(email),
  password: v.exactOptional(password),
  email_verified: v.exactOptional(flag),
  blocked: v.exactOptional(flag),
  name: v.exactOptional(text),
  nickname: v.exactOptional(text),
  given_name: v.exactOptional(v.nullable(text)),
  family_name: v.exactOptional(v.nullable(text)),
  picture: v.exactOptional(looseText),
  app_metadata: v.exactOptional(plainObject),
  user_metadata: v.exactOptional(plainObject),
  ...mail,
  ...notHere,
})

export type NewUser = v.InferOutput<typeof newUserSchema>
export type UserChanges = v.InferOutput<typeof userChanges>
