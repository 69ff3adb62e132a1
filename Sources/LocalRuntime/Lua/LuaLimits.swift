internal import CLua
import Glibc

/// What the process of a script gives up before it reads a byte of it.
enum LuaLimits {
  /// Beside what the process has mapped already: a backstop behind ``LuaMemory``, for what is read
  /// and written around the interpreter.
  private static let addressSpace: UInt = 2 << 30
  /// Descriptors above this are not looked for; the parent passes none on.
  private static let descriptors: Int32 = 1024

  /// No file, no socket, no new process, no core, no privilege, no environment, no descriptor but the three.
  static func giveUpEverything() {
    _ = clua_give_up_privileges()
    for descriptor in 3..<descriptors { close(descriptor) }
    clearenv()
    limit(RLIMIT_AS, mapped() + addressSpace)
    limit(RLIMIT_CORE, 0)
    limit(RLIMIT_FSIZE, 0)
    limit(RLIMIT_NOFILE, 0)
    // The superuser is exempt from this one; but nothing that a script sees starts a process.
    limit(__RLIMIT_NPROC, 0)
  }

  /// Ends the process a second after its time is over, at the latest; the parent is meant to be
  /// quicker.
  static func setTime(_ seconds: Double) {
    let whole = UInt(min(max(seconds, 0), 3600).rounded(.up)) + 1
    var spent = timespec()
    unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent)
    limit(RLIMIT_CPU, UInt(max(0, spent.tv_sec)) + whole)
    alarm(UInt32(whole))
  }

  private static func limit(_ resource: __rlimit_resource, _ amount: UInt) {
    var both = rlimit(rlim_cur: amount, rlim_max: amount)
    unsafe _ = setrlimit(__rlimit_resource_t(bitPattern: resource.rawValue), &both)
  }

  /// The bytes of address space that are mapped now.
  private static func mapped() -> UInt {
    let file = unsafe open("/proc/self/statm", O_RDONLY)
    guard file >= 0 else { return 1 << 30 }
    defer { close(file) }
    var buffer = [UInt8](repeating: 0, count: 64)
    let count = unsafe buffer.withUnsafeMutableBytes {
      unsafe read(file, $0.baseAddress, $0.count)
    }
    guard count > 0 else { return 1 << 30 }
    let digits = buffer[..<count].prefix { $0 != UInt8(ascii: " ") }
    return (UInt(String(decoding: digits, as: UTF8.self)) ?? 0) * UInt(getpagesize())
  }
}
