package report
import ("testing";"os";"path/filepath")
func TestScratch(t *testing.T){
	dir:=os.Getenv("SCRATCH"); if dir=="" {t.Skip()}
	p:=testPage()
	if err:=Write(dir,p);err!=nil{t.Fatal(err)}
	if _,err:=WriteFigures(dir,p.Rows);err!=nil{t.Fatal(err)}
	f,_:=os.Create(filepath.Join(dir,"text.txt")); Text(f,p.Rows,TextOptions{}); f.Close()
	p2:=p; p2.Rows=testRows(1,2,3); os.MkdirAll(filepath.Join(dir,"seeds"),0755)
	if err:=Write(filepath.Join(dir,"seeds"),p2);err!=nil{t.Fatal(err)}
}
