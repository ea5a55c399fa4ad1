import Health

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What the storage asks of the file system. Plain POSIX: the storage module does not need Foundation.
enum Files {
  /// Whether there is something of this name.
  static func exists(_ path: String) -> Bool { status(of: path) != nil }

  /// The size in bytes, or nil where there is no such file.
  static func size(of path: String) -> Int? { status(of: path).map { Int($0.st_size) } }

  /// The permission bits, or nil where there is no such file.
  static func permissions(of path: String) -> mode_t? { status(of: path).map { $0.st_mode & 0o777 } }

  /// Whether it is a folder.
  static func isFolder(_ path: String) -> Bool { status(of: path).map { $0.st_mode & S_IFMT == S_IFDIR } ?? false }

  /// Whether the two names lead to one file.
  static func areOne(_ a: String, _ b: String) -> Bool {
    guard let a = status(of: a), let b = status(of: b) else { return false }
    return a.st_dev == b.st_dev && a.st_ino == b.st_ino
  }

  /// The folder that holds the file, `.` for a bare name.
  static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// The name without its folder.
  static func name(of path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

  /// The names in a folder that begin like this, sorted; none where it cannot be read.
  static func names(in folder: String, beginning start: String) -> [String] {
    guard let open = opendir(folder) else { return [] }
    defer { closedir(open) }
    var names: [String] = []
    while let entry = readdir(open) {
      // Unsafe: the entry stays valid until the next `readdir`, and its name ends with a zero byte.
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: entry.pointee.d_name)) { String(cString: $0) }
      }
      if name.hasPrefix(start) { names.append(name) }
    }
    return names.sorted()
  }

  /// Whether this process may make files in the folder.
  static func isWritable(folder: String) -> Bool { access(folder, W_OK) == 0 }

  /// The path from the root, for messages that say where something was looked for.
  static func absolute(_ path: String) -> String {
    guard !path.hasPrefix("/"), let here = getcwd(nil, 0) else { return path }
    defer { free(here) }
    return String(cString: here) + "/" + path
  }

  /// Makes an empty file; throws `file-exists` if there is one of this name, in one step, so that two cannot both succeed.
  static func create(_ path: String, permissions: mode_t) throws {
    let file = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, permissions)
    guard file >= 0 else {
      if errno == EEXIST {
        throw Problem("file-exists", .usage, "\(path) exists already", hint: "choose another name, or move the file away")
      }
      throw problem("create", path)
    }
    close(file)
  }

  /// Sets the permission bits.
  static func setPermissions(_ permissions: mode_t, of path: String) throws {
    guard chmod(path, permissions) == 0 else { throw problem("set the permissions of", path) }
  }

  /// Waits until a file, or the names in a folder, are on the disk.
  static func sync(_ path: String) throws {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw problem("open", path) }
    defer { close(file) }
    guard fsync(file) == 0 else { throw problem("sync", path) }
  }

  /// Gives a finished file its name: on the disk first, then renamed, then the new name on the disk,
  /// so that after a power loss there is the whole file under this name or none.
  static func publish(_ temporary: String, as path: String) throws {
    try sync(temporary)
    guard rename(temporary, path) == 0 else { throw problem("rename \(temporary) to", path) }
    try sync(folder(of: path))
  }

  /// Removes a file if it is there.
  static func remove(_ path: String) { unlink(path) }

  private static func status(of path: String) -> stat? {
    var result = stat()
    return stat(path, &result) == 0 ? result : nil
  }

  private static func problem(_ verb: String, _ path: String) -> Problem {
    Problem("file-system", .failure, "cannot \(verb) \(path): \(String(cString: strerror(errno)))")
  }
}
