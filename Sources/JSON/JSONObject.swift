/// The members of a JSON object in the order they came; the last of a repeated key wins.
package struct JSONObject: Sendable, Equatable, ExpressibleByDictionaryLiteral {
  /// One member of an object.
  package struct Member: Sendable, Equatable {
    /// The member's name.
    package var key: String
    /// The member's value.
    package var value: JSONValue

    /// A member.
    package init(_ key: String, _ value: JSONValue) {
      self.key = key
      self.value = value
    }
  }

  /// The members, each key once, in order.
  package private(set) var members: [Member] = []

  /// An object without members.
  package init() {}

  /// An object of these members.
  package init(_ members: [Member]) {
    var places: [String: Int] = [:]
    places.reserveCapacity(members.count)
    for member in members {
      if let place = places[member.key] {
        self.members[place].value = member.value
      } else {
        places[member.key] = self.members.count
        self.members.append(member)
      }
    }
  }

  /// An object written as a literal.
  package init(dictionaryLiteral elements: (String, JSONValue)...) {
    for (key, value) in elements { self[key] = value }
  }

  /// Whether there is no member.
  package var isEmpty: Bool { members.isEmpty }
  /// How many members there are.
  package var count: Int { members.count }
  /// The names, in order.
  package var keys: [String] { members.map(\.key) }

  /// The value under a key; setting nil takes the member away.
  package subscript(key: String) -> JSONValue? {
    get { members.first { $0.key == key }?.value }
    set {
      let index = members.firstIndex { $0.key == key }
      switch (index, newValue) {
      case (let index?, let value?): members[index].value = value
      case (let index?, nil): members.remove(at: index)
      case (nil, let value?): members.append(Member(key, value))
      case (nil, nil): break
      }
    }
  }

  /// Adds a member that the caller knows to be new: constant time, for the scanner.
  mutating func append(_ key: String, _ value: JSONValue) {
    members.append(Member(key, value))
  }

  /// From so many members on they are looked up by a table.
  static let fewMembers = 16

  /// Where each member is.
  var places: [String: Int] {
    Dictionary(members.enumerated().map { ($1.key, $0) }) { first, _ in first }
  }

  /// Gives the member at a place another value.
  mutating func set(_ value: JSONValue, at place: Int) { members[place].value = value }

  /// This object with the members of another laid over it.
  package func merging(_ other: JSONObject) -> JSONObject {
    JSONObject(members + other.members)
  }

  /// Equal when both have the same members, whatever their order.
  package static func == (left: JSONObject, right: JSONObject) -> Bool {
    guard left.count == right.count else { return false }
    if left.keys == right.keys {
      return zip(left.members, right.members).allSatisfy { $0.value == $1.value }
    }
    guard left.count >= fewMembers else {
      return left.members.allSatisfy { right[$0.key] == $0.value }
    }
    let places = right.places
    return left.members.allSatisfy { member in
      places[member.key].map { right.members[$0].value == member.value } ?? false
    }
  }
}
