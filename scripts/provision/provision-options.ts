import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError, commandLine, Secret } from '../../packages/service-kit/src/index.ts';

export interface ProvisionOptions {
  /** PostgreSQL, as a superuser or as the database's owner with CREATEROLE. */
  adminUrl: Secret;
  /** Service → password of its role. */
  passwords: Readonly<Record<string, string>>;
}

const USAGE = `Usage: provision.ts --passwords FOLDER
  Makes each service's role in a PostgreSQL database, with its rights; those that are there get their password set.
  --passwords  holds <service>/password for each, as Secrets that are mounted side by side
The database: TRIBUTARY_ADMIN_DATABASE__URL, postgres://… as a superuser, or as its owner with CREATEROLE`;

/** What a service may be called: it becomes a role, a schema and a table, none of which then need quotes. */
const SERVICE_NAME = /^[a-z][a-z0-9]{1,30}$/;

/** @throws ConfigError that says what is wrong, with the usage, and quotes neither URL nor password */
export function provisionOptions(args: readonly string[], adminUrl: string | undefined): ProvisionOptions {
  const { passwords: folder } = commandLine(args, { passwords: { type: 'string' } }, USAGE);
  if (folder === undefined) throw wrong('Say where the --passwords are.');
  if (adminUrl === undefined || !/^postgres(ql)?:\/\//.test(adminUrl) || !URL.canParse(adminUrl)) {
    throw wrong('TRIBUTARY_ADMIN_DATABASE__URL: expected a postgres:// URL.');
  }
  const services = servicesIn(folder);
  if (services.length === 0) throw wrong(`There is no <service>/password in ${folder}.`);
  const passwords = Object.fromEntries(services.map((service) => [service, passwordOf(folder, service)]));
  return { adminUrl: new Secret(adminUrl), passwords };
}

/** Without what Kubernetes puts beside the Secrets, which begins with a dot. */
function servicesIn(folder: string): string[] {
  const services = listed(folder).filter((name) => !name.startsWith('.'));
  for (const service of services) {
    if (!SERVICE_NAME.test(service)) {
      throw wrong(`${join(folder, service)}: expected a service's name: 2 to 31 of a-z and 0-9, a letter first.`);
    }
  }
  return services.sort();
}

function listed(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    throw wrong(`${folder} cannot be read: ${(error as NodeJS.ErrnoException).code}.`);
  }
}

function passwordOf(folder: string, service: string): string {
  const file = join(folder, service, 'password');
  let password: string;
  try {
    // A line's end is of the editor that wrote the file.
    password = readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    throw wrong(`${file} cannot be read: ${(error as NodeJS.ErrnoException).code}.`);
  }
  if (password === '' || /[\0\r\n]/.test(password)) throw wrong(`${file}: expected a password, on one line.`);
  return password;
}

const wrong = (message: string) => new ConfigError(`${message}\n\n${USAGE}`);
