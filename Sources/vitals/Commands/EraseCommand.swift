import ArgumentParser
import Health
import Reports
import Storage

extension AccountsCommand {
  struct Erase: VitalsCommand {
    static let configuration = CommandConfiguration(
      commandName: "erase",
      abstract: "Erase all that is known of an account, for good.",
      discussion: """
        Facts, notes, attributes and aliases go, and refused rows and typed commands lose their words where they name it; the file is \
        then written anew, so that no byte is left. Accounts merged into it go with it. Backups made earlier still have it. \
        Without --yes nothing is done, and what would go is told.

        EXAMPLES
          vitals accounts erase acme
          vitals accounts erase acme --yes
        """)

    @Argument(help: "The account's key, alias or name.", completion: Completions.account)
    var account: String

    @Flag(help: "Do it.")
    var yes = false

    @OptionGroup var author: AuthorOptions
    @OptionGroup var global: GlobalOptions

    mutating func run(in context: Context) throws {
      let output = try global.output(in: context)
      let workspace = try Workspace(global, in: context)
      let (now, today) = (context.clock.now(in: workspace.zone), context.clock.today(in: workspace.zone))
      let history = try workspace.writer(at: now, output: output)
      let connection = history.connection
      defer { connection.close() }
      let viewpoint = try Viewpoint(history, catalogue: workspace.catalogue, settings: workspace.settings)
      let found = try AccountFinder(viewpoint, asOf: today).find(account)
      // The number of a signal that is no longer declared may stand for a text.
      let erasure = try Erasure(history, found) { [catalogue = workspace.catalogue] in
        catalogue.signal($0).map { $0.kind == .label } ?? true
      }
      let (isDone, signed) = (yes, author.author(in: context))
      let counts = try context.controlC.during(
        { try isDone ? erasure.apply(author: signed, at: now) : erasure.preview() },
        cleanUp: { [interrupt = connection.interrupt] in interrupt.raise() })
      let copies = connection.migrationCopies()
      // What was erased is told even where the file cannot be written anew.
      let ending = Result { try isDone ? connection.compact() : connection.finish() }
      try output.write(ErasureReport(counts: counts, copies: copies, isDone: isDone))
      try ending.get()
      if !isDone {
        throw Problem("not-confirmed", .usage, "nothing was erased", hint: "add --yes to erase \(found.key); it cannot be undone")
      }
    }
  }
}
