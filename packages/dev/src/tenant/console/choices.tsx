import type { FC } from 'hono/jsx'
import { type FieldProps, type Option, Problem, wiringOf } from './fields.js'

/** A single yes or no. */
export const CheckField: FC<FieldProps> = (props) => {
  const wiring = wiringOf({ ...props, isOptional: true })
  return (
    <div class="choice">
      <input {...wiring} type="checkbox" value="on" checked={props.form.typed[props.name]?.[0] !== undefined} />
      <label for={wiring.id}>{props.label}</label>
      {props.hint === undefined ? null : (
        <p class="hint" id={`${wiring.id}-hint`}>
          {props.hint}
        </p>
      )}
    </div>
  )
}

interface ChoicesProps extends FieldProps {
  readonly kind: 'radio' | 'checkbox'
  readonly options: readonly Option[]
}

/** Several answers to one question: one of them, or any. */
export const Choices: FC<ChoicesProps> = ({ kind, form, name, label, hint, options, id = name }) => (
  <fieldset aria-describedby={form.problems[name] === undefined ? undefined : `${id}-problem`}>
    <legend>{label}</legend>
    {hint === undefined ? null : <p class="hint">{hint}</p>}
    <div class={kind === 'checkbox' ? 'many' : undefined}>
      {options.map((option, index) => (
        <div class="choice">
          <input
            id={`${id}-${index}`}
            type={kind}
            name={name}
            value={option.value}
            checked={form.typed[name]?.includes(option.value) === true}
            aria-describedby={option.hint ? `${id}-${index}-hint` : undefined}
          />
          <label for={`${id}-${index}`}>{option.label}</label>
          {option.hint ? (
            <p class="hint" id={`${id}-${index}-hint`}>
              {option.hint}
            </p>
          ) : null}
        </div>
      ))}
    </div>
    <Problem form={form} name={name} id={id} />
  </fieldset>
)
