import type { Child, FC, PropsWithChildren } from 'hono/jsx'
import type { Filled } from './form.js'

export interface FieldProps {
  readonly form: Filled
  readonly name: string
  readonly label: string
  readonly hint?: Child
  readonly isOptional?: boolean
  /** Where two forms of a page have a field of this name. */
  readonly id?: string
}

interface Wiring {
  readonly id: string
  readonly name: string
  readonly 'aria-describedby': string | undefined
  readonly 'aria-invalid': 'true' | undefined
  readonly 'aria-required': 'true' | undefined
  readonly autofocus: boolean
}

function typedInto({ form, name }: FieldProps): string {
  return form.typed[name]?.[0] ?? ''
}

/** Ties a control to its hint and its mistake; the first mistake of a form takes the focus. */
export function wiringOf({ form, name, hint, isOptional, id = name }: FieldProps): Wiring {
  const isWrong = form.problems[name] !== undefined
  const described = [...(hint === undefined ? [] : [`${id}-hint`]), ...(isWrong ? [`${id}-problem`] : [])]
  return {
    id,
    name,
    'aria-describedby': described.length === 0 ? undefined : described.join(' '),
    'aria-invalid': isWrong ? 'true' : undefined,
    'aria-required': isOptional === true ? undefined : 'true',
    autofocus: Object.keys(form.problems)[0] === name,
  }
}

const Field: FC<PropsWithChildren<FieldProps>> = ({ form, name, label, hint, isOptional, id = name, children }) => (
  <div class="field" data-wrong={form.problems[name] === undefined ? undefined : ''}>
    <label for={id}>
      {label}
      {isOptional === true ? <span class="optional"> (optional)</span> : null}
    </label>
    {hint === undefined ? null : (
      <p class="hint" id={`${id}-hint`}>
        {hint}
      </p>
    )}
    {children}
    <Problem form={form} name={name} id={id} />
  </div>
)

export const Problem: FC<{ readonly form: Filled; readonly name: string; readonly id: string }> = ({
  form,
  name,
  id,
}) =>
  form.problems[name] === undefined ? null : (
    <p class="problem" id={`${id}-problem`}>
      {form.problems[name]}
    </p>
  )

export const TextField: FC<
  FieldProps & { readonly type?: string; readonly inputmode?: 'numeric' | 'url' | 'email' }
> = (props) => (
  <Field {...props}>
    <input
      {...wiringOf(props)}
      type={props.type ?? 'text'}
      inputmode={props.inputmode}
      autocomplete={props.type === 'password' ? 'new-password' : 'off'}
      autocapitalize="off"
      spellcheck={false}
      // A password does not go back into a page.
      value={props.type === 'password' ? '' : typedInto(props)}
    />
  </Field>
)

export const AreaField: FC<FieldProps & { readonly rows?: number }> = (props) => (
  <Field {...props}>
    <textarea {...wiringOf(props)} class="mono" rows={props.rows ?? 3} spellcheck={false} autocapitalize="off">
      {typedInto(props)}
    </textarea>
  </Field>
)

export interface Option {
  readonly value: string
  readonly label: string
  readonly hint?: string | undefined
}

export const SelectField: FC<FieldProps & { readonly options: readonly Option[] }> = (props) => (
  <Field {...props}>
    <select {...wiringOf(props)}>
      {props.options.map(({ value, label }) => (
        <option value={value} selected={value === typedInto(props)}>
          {label}
        </option>
      ))}
    </select>
  </Field>
)
