import Cells
import Testing

@Suite struct GeometryTests {
  @Test func `lengths are never negative`() {
    #expect(Size(columns: -3, rows: 4) == Size(columns: 0, rows: 4))
    #expect(Rect(column: 1, row: 1, columns: -1, rows: -1).isEmpty)
  }

  @Test func `a part is never larger than the whole`() {
    let whole = Rect(column: 2, row: 3, columns: 10, rows: 4)
    let (top, rest) = whole.split(rows: 9)
    #expect(top == whole)
    #expect(rest.isEmpty)
    #expect(rest.row == 7)
    let (left, right) = whole.split(columns: 4)
    #expect(left.maxColumn == right.column)
    #expect(left.columns + right.columns == whole.columns)
    #expect(
      whole.centred(Size(columns: 100, rows: 2)) == Rect(column: 2, row: 4, columns: 10, rows: 2)
    )
    #expect(whole.inset(columns: 20, rows: 1).isEmpty)
    #expect(whole.contains(Position(column: 11, row: 6)))
    #expect(!whole.contains(Position(column: 12, row: 6)))
  }
}
