-- A database as schema 1 wrote it: one account, key "k" 32 times.  Never change this file.
BEGIN TRANSACTION;
CREATE TABLE accounts (
            pseudonym BLOB NOT NULL PRIMARY KEY,
            language VARCHAR(35) NOT NULL,
            chosen_at TIMESTAMP NOT NULL
        );
INSERT INTO "accounts" VALUES(X'7F09304249F61ED74EAE95C76FE545FE2F300EBA7F7FDECA902DE8B2C84CB4D7','de','2026-11-20 12:00:00.000000');
CREATE TABLE privacy_bot_meta (
	name VARCHAR(32) NOT NULL, 
	value BLOB NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "privacy_bot_meta" VALUES('schema',X'31');
INSERT INTO "privacy_bot_meta" VALUES('key_check',X'0629BCC75153E9D0FBB2788DB00AB9940B2975BF8A2FA4C0D71E9CF8B1307307');
COMMIT;
