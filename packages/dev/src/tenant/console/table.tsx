import type { Child } from 'hono/jsx'

export interface Column<Row> {
  readonly title: string
  /** `null` where a row has nothing to say: a narrow screen then leaves it out. */
  readonly cell: (row: Row) => Child
  /** Whether it has only buttons and links. */
  readonly isAction?: boolean
}

interface TableProps<Row> {
  readonly label: string
  /** The first one names the row. */
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
}

/** A table, and on a narrow screen a list. */
export function Table<Row>({ label, columns, rows }: TableProps<Row>) {
  return (
    <div class="card list">
      <table>
        <caption class="unseen">{label}</caption>
        <thead>
          <tr>
            {columns.map(({ title, isAction }) => (
              <th scope="col">{isAction === true ? <span class="unseen">{title}</span> : title}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr>
              <Cells columns={columns} row={row} />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Cells<Row>({ columns, row }: { readonly columns: readonly Column<Row>[]; readonly row: Row }) {
  const [first, ...others] = columns
  return (
    <>
      <th scope="row">{first?.cell(row)}</th>
      {others.map(({ title, cell, isAction }) => {
        const content = cell(row)
        if (content === null) return <td class="none" />
        return isAction === true ? <td class="action">{content}</td> : <td data-title={title}>{content}</td>
      })}
    </>
  )
}
