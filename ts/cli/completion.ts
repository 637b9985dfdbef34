/**
 * `breadcrumb completion <shell>`: the script that completes its command lines, made of the commands' own
 * definitions.
 *
 * Limits: completes names and fixed words, no ids; files where an option or argument takes any text.
 */
import { BreadcrumbError } from "../errors";
import { allCommands } from "./all-commands";
import type { ProjectContext } from "./command";
import { optionsOf } from "./shared-options";

/** The command `completion`. */
export async function completion({ output, positionals }: ProjectContext): Promise<number> {
  const [shell = ""] = positionals;
  const script = Object.hasOwn(SCRIPTS, shell) ? SCRIPTS[shell] : undefined;
  if (!script) {
    throw new BreadcrumbError(
      "BC_ERR_BAD_OPTION",
      `the shells are ${Object.keys(SCRIPTS).join(", ")}: got ${JSON.stringify(shell)}`,
    );
  }
  output.line(script().trimEnd());
  return 0;
}

const SCRIPTS: Readonly<Record<string, () => string>> = { bash, zsh, fish };

function bash(): string {
  const cases = allCommands().map((command) => {
    const options = Object.entries(optionsOf(command));
    const values = options
      .filter(([, { value }]) => value !== undefined)
      .map(([name, { words }]) => {
        const reply = words ? `COMPREPLY=($(compgen -W "${words.join(" ")}" -- "$cur"))` : "";
        return `        --${name}) ${reply === "" ? 'COMPREPLY=($(compgen -f -- "$cur"))' : reply}; return ;;`;
      });
    const names = options.map(([name]) => `--${name}`).join(" ");
    return `    ${command.name})
      case "$prev" in
${values.join("\n")}
      esac
      [[ $cur == -* ]] && COMPREPLY=($(compgen -W "${names}" -- "$cur")) || COMPREPLY=($(compgen -f -- "$cur")) ;;`;
  });
  return `# Completion of breadcrumb for bash: source <(breadcrumb completion bash)
_breadcrumb() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} command="" i
  for ((i = 1; i < COMP_CWORD; i++)); do
    [[ \${COMP_WORDS[i]} != -* ]] && { command=\${COMP_WORDS[i]}; break; }
  done
  case "$command" in
    "") COMPREPLY=($(compgen -W "${commandNames().join(" ")} --help --version" -- "$cur")) ;;
    help) COMPREPLY=($(compgen -W "${commandNames().join(" ")}" -- "$cur")) ;;
${cases.join("\n")}
  esac
}
complete -o filenames -F _breadcrumb breadcrumb
`;
}

function zsh(): string {
  const quote = (text: string) =>
    text.replaceAll(/[[\]:\\]/g, String.raw`\$&`).replaceAll("'", "’");
  const cases = allCommands().map((command) => {
    const specs = Object.entries(optionsOf(command)).map(([name, { value, words, help }]) => {
      const takes =
        value === undefined ? "" : `:${value}:${words ? `(${words.join(" ")})` : "_files"}`;
      return `'--${name}[${quote(help)}]${takes}'`;
    });
    return `    ${command.name}) _arguments ${specs.join(" ")} '*: :_files' ;;`;
  });
  const described = allCommands().map(({ name, summary }) => `'${name}:${quote(summary)}'`);
  return `#compdef breadcrumb
# Completion of breadcrumb for zsh: source <(breadcrumb completion zsh)
_breadcrumb() {
  local -a commands
  commands=(${described.join(" ")} 'help:more about a command')
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
    help) _describe command commands ;;
${cases.join("\n")}
  esac
}
compdef _breadcrumb breadcrumb
`;
}

function fish(): string {
  const quote = (text: string) => text.replaceAll(/['\\]/g, String.raw`\$&`);
  const lines: string[] = [];
  for (const command of allCommands()) {
    const when = `'__fish_seen_subcommand_from ${command.name}'`;
    lines.push(
      `complete -c breadcrumb -n __fish_use_subcommand -f -a ${command.name} -d '${quote(command.summary)}'`,
    );
    for (const [name, { value, words, short, help }] of Object.entries(optionsOf(command))) {
      const takes = value === undefined ? "" : words ? ` -x -a '${words.join(" ")}'` : " -r";
      const letter = short === undefined ? "" : ` -s ${short}`;
      lines.push(
        `complete -c breadcrumb -n ${when} -l ${name}${letter}${takes} -d '${quote(help)}'`,
      );
    }
  }
  return `# Completion of breadcrumb for fish: breadcrumb completion fish | source
${lines.join("\n")}
complete -c breadcrumb -n __fish_use_subcommand -f -a help -d 'more about a command'
`;
}

function commandNames(): string[] {
  return [...allCommands().map(({ name }) => name), "help"];
}
